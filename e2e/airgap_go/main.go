// Prints the stops of a line, as YAML has them or in alphabetical order.
package main

import (
	_ "embed"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

//go:embed line.yaml
var line []byte

// Stops reads a line's stops, in alphabetical order if sorted.
func Stops(line []byte, sorted bool) ([]string, error) {
	var content struct{ Stops []string }
	if err := yaml.Unmarshal(line, &content); err != nil {
		return nil, err
	}
	if sorted {
		collate.New(language.Danish).SortStrings(content.Stops)
	}
	return content.Stops, nil
}

func main() {
	var sorted bool
	command := &cobra.Command{
		Use:   "stops",
		Short: "Prints the stops of a line",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			stops, err := Stops(line, sorted)
			for _, stop := range stops {
				fmt.Fprintln(command.OutOrStdout(), stop)
			}
			return err
		},
	}
	command.Flags().BoolVar(&sorted, "sorted", false, "in alphabetical order")
	if command.Execute() != nil {
		os.Exit(1)
	}
}
