package assets

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func eachDemo(t *testing.T, check func(t *testing.T, shop, language string, folder fs.FS)) {
	t.Helper()
	for _, shop := range DemoShops() {
		for _, language := range DemoLanguages() {
			folder, err := Demo(shop, language)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(shop+"/"+language, func(t *testing.T) { check(t, shop, language, folder) })
		}
	}
}

func TestDemoIsAnAdsFolder(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile(`(?:file|picture) = "([^"]+)"`)
	eachDemo(t, func(t *testing.T, shop, language string, folder fs.FS) {
		ads, err := fs.ReadFile(folder, "ads.toml")
		if err != nil {
			t.Fatal(err)
		}
		used := []string{"ads.toml"}
		for _, m := range names.FindAllStringSubmatch(string(ads), -1) {
			used = append(used, m[1])
		}
		if err := fstest.TestFS(folder, used...); err != nil {
			t.Error(err)
		}
		list, err := fs.ReadDir(folder, ".")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if !bytes.Contains(ads, []byte(`"`+e.Name()+`"`)) && e.Name() != "ads.toml" {
				t.Errorf("%s is carried but no ad shows it", e.Name())
			}
		}
	})
}

func TestDemoPicturesOpen(t *testing.T) {
	t.Parallel()
	total := 0
	for _, shop := range DemoShops() {
		folder, err := Demo(shop, "fr")
		if err != nil {
			t.Fatal(err)
		}
		err = fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			file, err := fs.ReadFile(folder, name)
			if err != nil {
				return err
			}
			total += len(file)
			if strings.HasSuffix(name, ".toml") || strings.HasSuffix(name, ".mp4") {
				return nil
			}
			config, _, err := image.DecodeConfig(bytes.NewReader(file))
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if config.Width*9 != config.Height*16 {
				t.Errorf("%s is %d×%d, not 16:9", name, config.Width, config.Height)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if most := 2_500_000; total > most {
		t.Errorf("the demo weighs %d bytes, more than %d", total, most)
	}
}

// A demo that advertised a rival of its own shop would be the worst one.
func TestDemoNeverShowsARival(t *testing.T) {
	t.Parallel()
	categories := regexp.MustCompile(`(?m)^category = (\d+) # (.+)$`)
	occasions := regexp.MustCompile(`(?m)^occasions = \[(.+)\]$`)
	eachDemo(t, func(t *testing.T, shop, language string, folder fs.FS) {
		ads, err := fs.ReadFile(folder, "ads.toml")
		if err != nil {
			t.Fatal(err)
		}
		sold := map[int]bool{}
		for _, id := range Vocabulary().Sells(shop) {
			sold[id] = true
		}
		found := categories.FindAllStringSubmatch(string(ads), -1)
		if len(found) < 4 {
			t.Fatalf("only %d paid campaigns", len(found))
		}
		for _, m := range found {
			var id int
			fmt.Sscan(m[1], &id)
			c, ok := CategoryByID(id)
			if !ok || c.Name != m[2] {
				t.Errorf("category %d is %q, and the demo says %q", id, c.Name, m[2])
			}
			for up := id; up != 0; up = Vocabulary().Parent(up) {
				if sold[up] {
					t.Errorf("%s sells category %d: %q is its rival", shop, up, m[2])
				}
			}
		}
		for _, m := range occasions.FindAllStringSubmatch(string(ads), -1) {
			for _, id := range strings.Split(m[1], ", ") {
				if _, ok := OccasionByID(strings.Trim(id, `"`)); !ok {
					t.Errorf("occasion %s is not known", id)
				}
			}
		}
		if !bytes.Contains(ads, []byte(`advertiser = "@venue"`)) {
			t.Error("the shop has no card of its own")
		}
	})
}

func TestDemoConfigIsOfItsShop(t *testing.T) {
	t.Parallel()
	eachDemo(t, func(t *testing.T, shop, language string, _ fs.FS) {
		config := string(DemoConfig(shop, language))
		for _, want := range []string{`activity = "` + shop + `"`, `language = "` + language + `"`, "targeting = true", `role = "presence"`, `role = "service"`, `kind = "key"`} {
			if !strings.Contains(config, want) {
				t.Errorf("the config lacks %s", want)
			}
		}
		if _, ok := ActivityBySlug(shop); !ok {
			t.Errorf("%q is not an activity", shop)
		}
	})
}

func TestDemoRefusesStrangers(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"butcher", "fr"}, {"jeweller", "de"}, {"", ""}, {"..", "fr"}} {
		if _, err := Demo(c[0], c[1]); err == nil || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("Demo(%q, %q) = %v", c[0], c[1], err)
		}
		if DemoConfig(c[0], c[1]) != nil {
			t.Errorf("DemoConfig(%q, %q) is something", c[0], c[1])
		}
	}
}

func TestFontsAreFonts(t *testing.T) {
	t.Parallel()
	total := 0
	for name, font := range map[string][]byte{"title": FontTitle(), "text": FontText(), "figures": FontFigures()} {
		total += len(font)
		if !bytes.HasPrefix(font, []byte("OTTO")) && !bytes.HasPrefix(font, []byte{0, 1, 0, 0}) {
			t.Errorf("the %s font is not OpenType", name)
		}
	}
	if total > 700_000 {
		t.Errorf("the fonts weigh %d bytes", total)
	}
}
