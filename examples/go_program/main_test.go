package main

import "testing"

func TestLunchOn(t *testing.T) {
	got, err := lunchOn("monday")
	if err != nil || got != "lentil soup for 4.20" {
		t.Errorf("monday: %q, %v", got, err)
	}
	if _, err := lunchOn("sunday"); err == nil {
		t.Error("lunch on a sunday")
	}
}
