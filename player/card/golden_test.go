package card

import (
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// goldenTolerance is the mean difference allowed, of 255: floating point and
// scaling may differ in the last bit between machines, a moved line may not.
const goldenTolerance = 0.6

func must(t *testing.T, c Card, w, h int) *image.RGBA {
	t.Helper()
	m, err := Draw(c, image.Pt(w, h))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	words := Card{Title: "Vos photos de mariage", Text: "Premier rendez-vous offert : 20 % ce mois-ci !", QR: "https://example.org"}
	dark, bright := words, words
	dark.Picture, bright.Picture = scene(320, 180, false), scene(320, 180, true)
	long := Card{Title: "Donaudampfschifffahrtsgesellschaft", Text: "Été, œuf, garçon, mañana, Größe. Ελληνικά. Кириллица.", Picture: dark.Picture}
	size := image.Pt(640, 360)
	idle := Idle{Name: "Bijouterie Martin", Line: "Créations et réparations", Clock: "14:05", Notices: []string{"Aucun capteur de service.", "L’horloge n’est pas réglée."}}
	cases := map[string]*image.RGBA{
		"split-dark":    must(t, dark, 640, 360),
		"split-bright":  must(t, bright, 640, 360),
		"standing":      must(t, dark, 270, 480),
		"square":        must(t, bright, 360, 360),
		"words":         must(t, words, 640, 360),
		"words-upright": must(t, words, 270, 480),
		"title":         must(t, Card{Title: "L’atelier ouvre ses portes"}, 640, 360),
		"picture":       must(t, Card{Picture: dark.Picture}, 640, 360),
		"code":          must(t, Card{QR: words.QR}, 640, 360),
		"long":          must(t, long, 640, 360),
		"mark":          Mark("Publicité · Studio Lens", image.Pt(1920, 1080)),
		"idle":          idle.Draw(size),
		"clock":         idle.DrawClock(size),
		"neutral":       Neutral("Bijouterie Martin", "À tout de suite", size),
		"logo":          Logo(scene(60, 60, true), size),
		"notice":        Notice{"La configuration a une faute", []string{"Ligne 14 : la broche GPIO17 sert deux fois.", "Choisissez une autre broche."}, -1}.Draw(size),
		"progress":      Notice{"Clé d’Acme Régie", []string{"12 fichiers à copier, 184 Mo, encore une minute.", "Laissez la clé en place."}, 0.4}.Draw(size),
	}
	for name, got := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", name+".png")
			if *update {
				save(t, path, got)
			}
			want := load(t, path)
			if d, ok := difference(got, want); !ok || d > goldenTolerance {
				save(t, filepath.Join(t.ArtifactDir(), name+".png"), got)
				t.Errorf("%s differs by %.2f of 255 (size equal: %v); look at %s, then go test -update", path, d, ok, t.ArtifactDir())
			}
		})
	}
}

func difference(a *image.RGBA, b image.Image) (float64, bool) {
	if a.Rect.Size() != b.Bounds().Size() {
		return 255, false
	}
	var sum float64
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			r, g, bl, al := a.At(x, y).RGBA()
			r2, g2, b2, al2 := b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y).RGBA()
			sum += far(r, r2) + far(g, g2) + far(bl, b2) + far(al, al2)
		}
	}
	return sum / 0x101 / float64(4*a.Rect.Dx()*a.Rect.Dy()), true
}

func far(a, b uint32) float64 { return float64(max(a, b) - min(a, b)) }

func save(t *testing.T, path string, m image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
