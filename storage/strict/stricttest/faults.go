// Package stricttest compares what a reader of TOML files says about bad ones with the
// words that were looked at once: for shop.toml those of shop.want beside it.
//
// It promises that each file is refused with every fault at once ([strict.Faults]), in
// exactly those words. It knows no reader.
//
//	stricttest.Refused(t, "testdata/bad/*.toml", *update, func(_ string, text []byte) error {
//		_, err := config.Parse("entracte.toml", text, words)
//		return err
//	})
package stricttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entracte/storage/strict"
)

// Refused gives the name and the text of each file that matches a pattern to read, and
// fails the test where it does not say what is wanted; with update the wanted words are
// written instead.
func Refused(t *testing.T, pattern string, update bool, read func(name string, text []byte) error) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		refused := read(filepath.Base(file), text)
		if !strict.IsFaults(refused) {
			t.Errorf("%s: got %v", file, refused)
			continue
		}
		got, wanted := refused.Error()+"\n", strings.TrimSuffix(file, ".toml")+".want"
		if update {
			if err := os.WriteFile(wanted, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(wanted)
		if err != nil {
			t.Fatal(err)
		}
		if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
		}
	}
}
