package crash

import (
	"fmt"
	"path"
	"path/filepath"
	"reflect"
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
	opLeft // one that was left out
)

func (k kind) String() string {
	return [...]string{"create", "mkdir", "write", "truncate", "rename", "remove",
		"sync", "sync files", "sync dir", "commit", "told", "left out"}[k]
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
	if d.omit == "" || !strings.HasPrefix(d.omit, k.String()+" /") || step(k, path, to) != d.omit {
		return false
	}
	d.note(op{kind: opLeft, path: k.String() + " " + path})
	return true
}

// part is a path with a star for all that tells apart files that play the same
// part: numbers, digests, and the two hex digits that begin one.
func part(p string) string {
	b := make([]byte, 0, len(p))
	for element := range strings.SplitSeq(strings.Trim(filepath.ToSlash(p), "/"), "/") {
		if len(b) > 0 {
			b = append(b, '/')
		}
		if len(element) == 2 && digits(element, hexDigit) == 2 {
			b = append(b, '*')
			continue
		}
		for element != "" {
			n := digits(element, hexDigit)
			if n < 16 {
				n = digits(element, digit)
			}
			if n > 0 {
				b, element = append(b, '*'), element[n:]
				continue
			}
			b, element = append(b, element[0]), element[1:]
		}
	}
	return string(b)
}

func digit(c byte) bool    { return '0' <= c && c <= '9' }
func hexDigit(c byte) bool { return digit(c) || 'a' <= c && c <= 'f' }

// digits is how many of them begin a text.
func digits(s string, is func(byte) bool) int {
	for i := range len(s) {
		if !is(s[i]) {
			return i
		}
	}
	return len(s)
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
		test := strings.HasSuffix(f.File, "_test.go")
		own := strings.HasPrefix(f.Function, diskPackage) || strings.HasPrefix(f.Function, herePackage) && !test
		if !own && !(test && passesOn(f.Function)) || !more {
			return path.Base(f.Function)
		}
	}
}

// passesOn reports whether a function of a test is one of a disk around this one.
func passesOn(function string) bool {
	name := function[strings.LastIndexByte(function, '/')+1:]
	for element := range strings.SplitSeq(name, ".") {
		switch element {
		case "Rename", "Sync", "SyncFiles", "SyncDir":
			return true
		}
	}
	return false
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
