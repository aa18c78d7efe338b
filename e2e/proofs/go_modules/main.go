// A program that uses a module with an upper-case letter in its path.
package main

import (
	"fmt"

	"github.com/BurntSushi/toml"
)

func main() {
	var greeting struct{ Text string }
	if _, err := toml.Decode(`text = "hello"`, &greeting); err != nil {
		panic(err)
	}
	fmt.Println(greeting.Text)
}
