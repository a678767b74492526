package strict_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"entracte/storage/strict"
)

// FuzzParse holds the reader against go-toml's own decoder: whatever is read
// without a fault, go-toml reads too, and decoding it twice gives the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	files, _ := filepath.Glob("testdata/*.toml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, s := range []string{"a=0x_1", "a=1e", "a=[[1],[2,]]", "a={b.c=1,b.d=2}\na.b.e=3", "[a.b]\n[a]\nb.c=1", "[[a]]\n[a.b]\n[[a]]\n[a.b]", "a=1979-05-27T07:32:00Z", "a=\"\"\"\\\n  x\"\"\"", "\xEF\xBB\xBF\xEF\xBB\xBFa=1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		first := strict.Parse("f", text)
		if first.Err() == nil {
			var v map[string]any
			if err := toml.Unmarshal(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")), &v); err != nil {
				t.Fatalf("no fault found, but go-toml says: %v", err)
			}
		}
		a, b := defaults(), defaults()
		first.Decode(a)
		second := strict.Parse("f", text)
		second.Decode(b)
		if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(first.Err(), second.Err()) {
			t.Fatalf("two readings differ")
		}
		faults, _ := first.Err().(strict.Faults)
		lines := bytes.Count(text, []byte("\n")) + 1
		for _, one := range faults {
			if one.Line < 1 || one.Line > lines || one.Fact == "" || one.Hint == "" || strings.Contains(one.Fact, "\n") {
				t.Fatalf("of %d lines, fault %+v", lines, one)
			}
		}
		if first.Err() == nil && !bytes.Contains(text, []byte("\r")) {
			third := strict.Parse("f", bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")))
			third.Decode(defaults())
			if err := third.Err(); err != nil {
				t.Fatalf("with CRLF: %v", err)
			}
		}
	})
}
