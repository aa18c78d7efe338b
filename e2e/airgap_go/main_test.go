package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDanishOrder(t *testing.T) {
	found, err := Stops([]byte("stops: [Ås, Asker, Ørje]"), true)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff([]string{"Asker", "Ørje", "Ås"}, found); difference != "" {
		t.Error(difference)
	}
}
