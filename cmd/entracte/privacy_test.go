package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"entracte/player"
	"entracte/player/control"
)

// stored are the types that are written as they are; what they hold is stored with
// them.
var stored = []string{"plan.Play", "plan.Memory", "clock.Kept", "storage.record", "report.Row", "report.Mark", "report.mark", "report.Receipt"}

// storedIn are the packages they are from.
var storedIn = map[string]string{"plan": "scheduler/plan", "clock": "hw/clock", "storage": "storage", "report": "storage/report"}

// Every field that can reach the card is declared, and nothing else is.
func TestEverythingStoredIsDeclared(t *testing.T) {
	t.Parallel()
	types := typesIn(t)
	declaredKinds := map[string][]field{}
	for _, h := range holdings {
		for _, k := range h.kinds {
			if declaredKinds[k.of] != nil {
				t.Errorf("%s is declared twice", k.of)
			}
			declaredKinds[k.of] = k.fields
		}
	}
	reached := map[string]bool{}
	for todo := slices.Clone(stored); len(todo) > 0; todo = todo[1:] {
		name := todo[0]
		if reached[name] {
			continue
		}
		reached[name] = true
		st, ok := types[name]
		if !ok {
			t.Fatalf("there is no stored type %s any more: take it out of this test and of the declarations", name)
		}
		names, holds := st.stored()
		todo = append(todo, holds...)
		for _, f := range names {
			if !slices.ContainsFunc(declaredKinds[name], func(d field) bool { return d.name == f }) {
				t.Errorf("%s.%s is stored and nobody is told: declare it in privacy_fields.go, why it is there and for how long", name, f)
			}
		}
		for _, d := range declaredKinds[name] {
			if !slices.Contains(names, d.name) {
				t.Errorf("%s.%s is declared and no more stored", name, d.name)
			}
		}
	}
	for name := range declaredKinds {
		if !reached[name] {
			t.Errorf("%s is declared and no more stored", name)
		}
	}
}

// The named values and checkpoints that the program keeps are declared.
func TestEveryValueIsDeclared(t *testing.T) {
	t.Parallel()
	kept := map[string]bool{}
	constants := map[string]string{}
	files := sources(t, ".")
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				for i, name := range v.Names {
					if i < len(v.Values) {
						constants[name.Name] = literal(v.Values[i])
					}
				}
			}
			return true
		})
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "Put" || s.Sel.Name == "Checkpoint") {
				key := literal(call.Args[0])
				if id, ok := call.Args[0].(*ast.Ident); ok {
					key = constants[id.Name]
				}
				if s.Sel.Name == "Checkpoint" {
					key = "plays/: " + key
				} else {
					key = "cache.db: " + key
				}
				kept[key] = true
			}
			return true
		})
	}
	declared := map[string]bool{}
	for _, h := range holdings {
		if strings.Contains(h.where, "/: ") || strings.Contains(h.where, "db: ") {
			declared[h.where] = true
		}
	}
	// Emptied when an earlier build's is moved to the play log.
	delete(kept, "cache.db: memory")
	// A recording passes on what others name.
	delete(kept, "plays/: ")
	if !reflect.DeepEqual(kept, declared) {
		t.Errorf("the values kept are %v, and %v are declared in privacy_fields.go", kept, declared)
	}
}

// writers are the files of the program that write files, and what: a place of the
// declarations, or why it holds nothing of the shop's day. A package ends in "/".
var writers = map[string]string{
	"storage/":                        "the declared places: TestDataFolderIsDeclared looks",
	"storage/disk/":                   "what the storage packages say",
	"storage/report/":                 "plays/hours/ and the stick",
	"cmd/entracte/show.go":            "makes the data folder, and sets cache.db aside",
	"cmd/entracte/kept.go":            "makes the data folder",
	"storage/strict/stricttest/":      "files of a test, in its own folder",
	"storage/disk/disktest/":          "a disk of a test, gone with it",
	"cmd/entracte/content.go":         "makes own/",
	"cmd/entracte/notice.go":          "the notice, where somebody says",
	"cmd/entracte/plays_report.go":    "a report of plays, where somebody says",
	"cmd/entracte/demo.go":            "a folder that is gone with the demo",
	"cmd/entracte/doctor_machine.go":  "an empty file, removed at once",
	"cmd/entracte/child_linux.go":     "not a file: which process goes first when memory runs out",
	"cmd/entracte/keygen.go":          "an operator's keys, where the operator says",
	"player/control/socket.go":        "makes the folder of the socket",
	"player/stage/prints.go":          "--frames-to",
	"hw/screen/cec_linux.go":          "the television's wire",
	"assets/wiring/draw.go":           "the drawings of the README, for who changes them",
	"cmd/entracte/pack_build.go":      "packs, where the operator says",
	"storage/pack/":                   "packs, where the operator says",
	"storage/playlog/":                "plays/",
	"storage/usb/":                    "the stick",
	"storage/disk/crash/":             "no files: a model in memory",
	"cmd/entracte/keygen_password.go": "an operator's keys, where the operator says",
}

var writing = regexp.MustCompile(`\b(os\.(WriteFile|Create|OpenFile|Mkdir|MkdirAll|CreateTemp|MkdirTemp|Rename|Link|Symlink|CopyFS)|disk\.(Save|SavePrivate|Temp))\b`)

// No other file of the program writes files.
func TestWhoWrites(t *testing.T) {
	t.Parallel()
	for _, top := range []string{"cmd", "player", "scheduler", "storage", "hw", "assets"} {
		err := filepath.WalkDir("../../"+top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			name := filepath.ToSlash(strings.TrimPrefix(path, "../../"))
			if call := writing.Find(b); call != nil && writers[name] == "" && writers[name[:strings.LastIndex(name, "/")+1]] == "" {
				t.Errorf("%s writes files (%s): declare what in privacy_fields.go, then say so in this test", name, call)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// How long plays are kept is as the code has it.
func TestPlaysAreKeptAsSaid(t *testing.T) {
	t.Parallel()
	for file, code := range map[string][]string{
		"../../storage/playlog/log.go": {"exactFor = 7 * 24 * time.Hour", "segmentSize  = 1 << 20", "segmentCount = 64"},
		"kept.go":                      {"report.Roll(", "playlog.Open("},
	} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range code {
			if !strings.Contains(string(b), c) {
				t.Errorf("%s has no %q any more: say in playsKept how long plays are kept now", file, c)
			}
		}
	}
	if !strings.Contains(playsKept.en, "7 days") || !strings.Contains(playsKept.fr, "7 jours") || !strings.Contains(playsKept.en, "64 MB") {
		t.Errorf("plays are kept for 7 days, and playsKept says %q", playsKept)
	}
}

// What the real player leaves in its data folder is declared.
func TestDataFolderIsDeclared(t *testing.T) {
	t.Parallel()
	v := newVenue(t)
	v.picture("red.png", red)
	v.ads(1, "red.png")
	v.play("--ads", v.path("ads"))
	v.signal("till", control.Off)
	v.signal("mat", control.On)
	v.until("an ad has played", func(s player.Status) bool { return s.Plays > 0 })
	v.stop()
	entries, err := os.ReadDir(v.path("data"))
	if err != nil || len(entries) < 4 {
		t.Fatalf("%v %v", entries, err)
	}
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() {
			name += "/"
		}
		if !slices.ContainsFunc(holdings, func(h holding) bool { return h.where == name }) {
			t.Errorf("%s is in the data folder and not declared", name)
		}
	}
}

// Each place and field is told in both languages, and once.
func TestDeclarationsAreWhole(t *testing.T) {
	t.Parallel()
	places := map[string]bool{}
	whole := func(where string, w words) {
		if w.fr == "" || w.en == "" || strings.HasSuffix(w.fr, ".") || strings.HasSuffix(w.en, ".") {
			t.Errorf("%s: %q", where, w)
		}
	}
	for _, h := range holdings {
		if places[h.where] {
			t.Errorf("%s is told twice", h.where)
		}
		places[h.where] = true
		whole(h.where, h.what)
		whole(h.where, h.why)
		whole(h.where, h.long)
		for _, k := range h.kinds {
			for _, f := range k.fields {
				whole(k.of+"."+f.name, words{f.fr, f.en})
			}
		}
	}
	for _, w := range never {
		whole("the summary", w)
	}
	for _, l := range leaves {
		whole("the summary", l.words)
	}
}

// A storedType is a struct and its package's short name.
type storedType struct {
	pkg string
	*ast.StructType
	all map[string]storedType
}

// stored returns the names that the fields are stored under, and the types they
// hold that are stored with them.
func (s storedType) stored() (names, holds []string) {
	for _, f := range s.Fields.List {
		tag := ""
		if f.Tag != nil {
			text, _ := strconv.Unquote(f.Tag.Value)
			tag, _, _ = strings.Cut(reflect.StructTag(text).Get("json"), ",")
		}
		if tag == "-" {
			continue
		}
		for _, name := range f.Names {
			switch {
			case tag != "":
				names = append(names, tag)
			default:
				names = append(names, name.Name)
			}
		}
		ast.Inspect(f.Type, func(n ast.Node) bool {
			of := ""
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if p, ok := n.X.(*ast.Ident); ok {
					of = p.Name + "." + n.Sel.Name
				}
			case *ast.Ident:
				of = s.pkg + "." + n.Name
			}
			if _, ok := s.all[of]; ok {
				holds = append(holds, of)
			}
			_, selected := n.(*ast.SelectorExpr)
			return !selected
		})
	}
	return names, holds
}

// typesIn finds the structs of the packages that stored types are from, but those
// that are written as one word.
func typesIn(t *testing.T) map[string]storedType {
	t.Helper()
	all := map[string]storedType{}
	words := map[string]bool{}
	for pkg, dir := range storedIn {
		for _, file := range sources(t, "../../"+dir) {
			for _, d := range file.Decls {
				switch d := d.(type) {
				case *ast.GenDecl:
					for _, spec := range d.Specs {
						if ts, ok := spec.(*ast.TypeSpec); ok {
							if st, ok := ts.Type.(*ast.StructType); ok {
								all[pkg+"."+ts.Name.Name] = storedType{pkg, st, all}
							}
						}
					}
				case *ast.FuncDecl:
					if d.Name.Name == "MarshalText" && d.Recv != nil {
						if id, ok := d.Recv.List[0].Type.(*ast.Ident); ok {
							words[pkg+"."+id.Name] = true
						}
					}
				}
			}
		}
	}
	for name := range words {
		delete(all, name)
	}
	return all
}

// sources parses the Go files of a folder but its tests.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no Go files in %s: %v", dir, err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

func literal(e ast.Expr) string {
	if b, ok := e.(*ast.BasicLit); ok && b.Kind == token.STRING {
		s, _ := strconv.Unquote(b.Value)
		return s
	}
	return ""
}
