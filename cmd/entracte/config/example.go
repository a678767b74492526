package config

import _ "embed"

// Example is the file that is handed out: every key with its default and a
// comment, sensors and feeds commented out. It parses, also with the lines that
// begin with "#" and a letter or bracket made real.
//
//go:embed example.toml
var Example string
