package scheduler

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// The scheduler decides from what it is told: it imports the standard library
// and scheduler/plan, reads no clock, starts no goroutine, throws no dice and
// touches nothing outside.
func TestPure(t *testing.T) {
	t.Parallel()
	outside := map[string]bool{"os": true, "net": true, "io": true, "math/rand": true, "math/rand/v2": true,
		"crypto/rand": true, "sync": true, "context": true, "log": true, "runtime": true, "unsafe": true}
	clock := map[string]bool{"Now": true, "Since": true, "Until": true, "After": true, "AfterFunc": true, "Tick": true,
		"NewTimer": true, "NewTicker": true, "Sleep": true, "LoadLocation": true, "Local": true}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		files++
		file, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range file.Imports {
			path := strings.Trim(imp.Path.Value, `"`)
			ours := path == "entracte/scheduler/plan"
			if !ours && (strings.HasPrefix(path, "entracte/") || strings.Contains(path, ".") || outside[path]) {
				t.Errorf("%s imports %s: the scheduler must not know it", e.Name(), path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt, *ast.SelectStmt, *ast.ChanType:
				t.Errorf("%s: a scheduler belongs to one goroutine", e.Name())
			case *ast.SelectorExpr:
				if pkg, ok := n.X.(*ast.Ident); ok && pkg.Name == "time" && clock[n.Sel.Name] {
					t.Errorf("%s: time.%s: time is an argument", e.Name(), n.Sel.Name)
				}
			}
			return true
		})
	}
	if files < 10 {
		t.Errorf("looked at %d files only", files)
	}
}
