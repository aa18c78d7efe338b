module example.com/menu

go 1.24

require github.com/BurntSushi/toml v1.5.0
