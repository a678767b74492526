package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"entracte/cmd/entracte/config"
)

// FuzzParse: whatever is accepted is complete and consistent, and is accepted
// again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(config.Example))
	for _, pattern := range []string{"testdata/*.toml", "testdata/bad/*.toml"} {
		seeds, _ := filepath.Glob(pattern)
		for _, file := range seeds {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		first, err := config.Parse("entracte.toml", text, words)
		second, again := config.Parse("entracte.toml", text, words)
		if fmt.Sprint(err) != fmt.Sprint(again) || !reflect.DeepEqual(first, second) {
			t.Fatal("two readings differ")
		}
		if err != nil {
			return
		}
		v := first.Venue()
		if v.Name == "" || !words.HasActivity(v.Activity) || v.Timezone == nil {
			t.Fatalf("accepted venue %+v", v)
		}
		v.Open(time.Unix(1e9, 0))
		names, pins := map[string]bool{}, map[string]bool{}
		for _, s := range first.Sensors {
			if s.Name == "" || s.Role == "" || s.Kind == "" || names[s.Name] || s.Kind == config.GPIO && (s.Pin == "" || pins[s.Pin]) {
				t.Fatalf("accepted sensor %+v", s)
			}
			names[s.Name], pins[s.Pin] = true, s.Pin != ""
		}
	})
}
