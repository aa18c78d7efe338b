module example.com/stops

go 1.24

require (
	github.com/google/go-cmp v0.7.0
	github.com/spf13/cobra v1.9.1
	golang.org/x/text v0.26.0
	gopkg.in/yaml.v3 v3.0.1
)

require (
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/spf13/pflag v1.0.6 // indirect
)
