package crash

import (
	"fmt"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
)

// A kind is what an operation does.
type kind uint8

const (
	opCreate kind = iota
	opMkdir
	opWrite
	opTruncate
	opRename
	opRemove
	opSync
	opSyncFiles
	opSyncDir
	opCommit
	opTell
)

func (k kind) String() string {
	return [...]string{"create", "mkdir", "write", "truncate", "rename", "remove",
		"sync", "sync files", "sync dir", "commit", "told"}[k]
}

// An op is one operation as it was asked for, and what came of it.
type op struct {
	kind kind
	path string
	// node is what was made, changed, moved, removed or synced; nodes are the
	// files of one sync.
	node  int
	nodes []int
	// dir and name are where path is, toDir and toName where it went.
	dir, toDir   int
	name, toName string
	to           string
	at, size     int64
	content      content           // of the file afterwards
	kept         map[string]string // what is committed afterwards
	step         string            // of a rename and of any sync
	told         string            // an event in words
}

// A journal is what was done to a disk, in order.
type journal struct{ ops []op }

// note is called with the disk locked.
func (d *Disk) note(o op) {
	if d.log == nil {
		return
	}
	switch o.kind {
	case opRename, opSync, opSyncFiles, opSyncDir:
		o.step = step(o.kind, o.path, o.to)
	}
	d.log.ops = append(d.log.ops, o)
}

// left reports whether an operation is the step that is left out.
func (d *Disk) left(k kind, path, to string) bool {
	return d.omit != "" && step(k, path, to) == d.omit
}

// changing is what tells apart the names of files that play the same part: digests,
// the two hex digits that begin one, and numbers.
var changing = regexp.MustCompile(`[0-9a-f]{16,}|(?:^|/)[0-9a-f]{2}(?:/|$)|[0-9]+`)

// part is a path with a star for all that changes.
func part(p string) string {
	return changing.ReplaceAllStringFunc(strings.Trim(filepath.ToSlash(p), "/"), func(s string) string {
		star := "*"
		if strings.HasPrefix(s, "/") {
			star = "/" + star
		}
		if strings.HasSuffix(s, "/") {
			star += "/"
		}
		return star
	})
}

// step names a rename or a sync by what it does, to which kind of file, and which
// function asked for it.
func step(k kind, path, to string) string {
	s := fmt.Sprintf("%s /%s", k, part(path))
	if to != "" {
		s += " to /" + part(to)
	}
	return s + " in " + caller()
}

// The functions of this package and of the one it stands in for ask for nothing
// of their own.
var (
	herePackage = reflect.TypeFor[Disk]().PkgPath() + "."
	diskPackage = path.Dir(reflect.TypeFor[Disk]().PkgPath()) + "."
)

func caller() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for {
		f, more := frames.Next()
		own := strings.HasPrefix(f.Function, diskPackage) ||
			strings.HasPrefix(f.Function, herePackage) && !strings.HasSuffix(f.File, "_test.go")
		if !own || !more {
			return path.Base(f.Function)
		}
	}
}

// String is one line of a report.
func (o op) String() string {
	switch o.kind {
	case opWrite:
		return fmt.Sprintf("%-10s %s, %d bytes at %d", o.kind, o.path, o.size, o.at)
	case opTruncate:
		return fmt.Sprintf("%-10s %s to %d bytes", o.kind, o.path, o.size)
	case opRename:
		return fmt.Sprintf("%-10s %s to %s", o.kind, o.path, o.to)
	case opSyncFiles:
		return fmt.Sprintf("%-10s %d of %s", o.kind, len(o.nodes), o.path)
	case opTell:
		return fmt.Sprintf("%-10s %s", o.kind, o.told)
	}
	return fmt.Sprintf("%-10s %s", o.kind, o.path)
}
