package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// licences are known by a phrase; the first that is found counts.
var licences = []struct{ phrase, name string }{
	{"Unlicense OR BSD-3-Clause", "BSD-3-Clause or Unlicense"},
	{"Eclipse Public License v2.0\nand Eclipse Distribution License v1.0", "EPL-2.0 or EDL-1.0 (which is BSD-3-Clause)"},
	{"Apache License\n", "Apache-2.0"},
	{"Permission is hereby granted, free of charge", "MIT"},
	{"Neither the name", "BSD-3-Clause"},
	{"Redistributions in binary form must reproduce", "BSD-2-Clause"},
}

// compiledIn are the modules in the programs for all systems, with the folders of
// their sources.
func compiledIn(t *testing.T) map[string]string {
	t.Helper()
	modules := map[string]string{}
	for _, system := range []string{"linux", "windows", "darwin"} {
		cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", ".")
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list for %s: %v", system, err)
		}
		for line := range strings.Lines(string(out)) {
			if path, dir, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				modules[path] = dir
			}
		}
	}
	return modules
}

// The README names every module in the program, and no other, with the licence
// that its source has.
func TestLicences(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "\n## Licence\n")
	named := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]*) \|$`).FindAllStringSubmatch(section, -1) {
		for _, m := range regexp.MustCompile("`([a-z]+\\.[^`]*/[^`]*)`").FindAllStringSubmatch(row[2], -1) {
			named[m[1]] = row[1]
		}
	}
	modules := compiledIn(t)
	for path, dir := range modules {
		is := licenceOf(t, dir)
		if named[path] != is {
			t.Errorf("%s is under %s; the README says %q", path, is, named[path])
		}
	}
	for path := range named {
		if modules[path] == "" {
			t.Errorf("%s is not in the program", path)
		}
	}
}

func licenceOf(t *testing.T, dir string) string {
	t.Helper()
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		i := slices.IndexFunc(licences, func(l struct{ phrase, name string }) bool { return strings.Contains(string(text), l.phrase) })
		if i >= 0 {
			return licences[i].name
		}
	}
	t.Errorf("the licence in %s is not known", dir)
	return "?"
}
