// Says what is for lunch. The menu is part of the program.
package main

import (
	_ "embed"
	"fmt"
	"os"

	"github.com/BurntSushi/toml"
)

//go:embed menu.toml
var menu string

type lunch struct {
	Dish  string
	Price float64
}

func lunchOn(day string) (string, error) {
	var days map[string]lunch
	if _, err := toml.Decode(menu, &days); err != nil {
		return "", err
	}
	today, ok := days[day]
	if !ok {
		return "", fmt.Errorf("nothing is served on %q", day)
	}
	return fmt.Sprintf("%s for %.2f", today.Dish, today.Price), nil
}

func main() {
	for _, day := range os.Args[1:] {
		lunch, err := lunchOn(day)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Printf("%s: %s\n", day, lunch)
	}
}
