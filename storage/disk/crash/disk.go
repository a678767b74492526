package crash

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"entracte/storage/disk"
)

// A Disk keeps folders and files in memory. Paths begin at its root, "/". Its
// methods may be called from any goroutine.
type Disk struct {
	mu    sync.Mutex
	nodes []node            // a file or folder keeps its number for ever; 0 is the root
	kept  map[string]string // never changed in place
	log   *journal          // nil: nothing is recorded
	omit  string            // the step that is left out
}

var _ disk.Disk = (*Disk)(nil)

// A node is a file or a folder.
type node struct {
	folder bool
	content
	owned   bool    // the slice of sectors is this disk's alone
	entries []entry // of a folder, by name; never changed in place
}

type entry struct {
	name string
	node int
}

// gone is the node of a name that is not there.
const gone = -1

// New makes an empty disk.
func New() *Disk { return &Disk{nodes: []node{{folder: true}}} }

// Commit keeps a value under a key outside all files: it stands for a transaction
// of a database that syncs for itself. It is durable at once, whole, and makes
// nothing else durable.
func (d *Disk) Commit(key, value string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := maps.Clone(d.kept)
	if kept == nil {
		kept = make(map[string]string)
	}
	kept[key] = value
	d.kept = kept
	d.note(op{kind: opCommit, path: key, kept: kept})
}

// Committed returns what was last committed under a key, or "".
func (d *Disk) Committed(key string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.kept[key]
}

// next returns the first element of a path and the rest.
func next(p string) (name, rest string) {
	p = strings.TrimLeft(p, "/")
	if i := strings.IndexByte(p, '/'); i >= 0 {
		return p[:i], strings.TrimLeft(p[i:], "/")
	}
	return p, ""
}

// find returns the folder of a path, the last element of it, and the node there
// or gone. dir is gone if the folder is.
func (d *Disk) find(p string) (dir int, name string, id int) {
	p = filepath.ToSlash(p[len(filepath.VolumeName(p)):])
	name, rest := next(p)
	for name == "." {
		name, rest = next(rest)
	}
	if name == "" {
		return gone, "/", 0
	}
	for {
		n := &d.nodes[dir]
		if !n.folder {
			return gone, name, gone
		}
		id = n.lookup(name)
		if rest == "" {
			return dir, name, id
		}
		if id == gone {
			return gone, name, gone
		}
		dir = id
		name, rest = next(rest)
	}
}

func (n *node) lookup(name string) int {
	if i, ok := place(n.entries, name); ok {
		return n.entries[i].node
	}
	return gone
}

func place(entries []entry, name string) (int, bool) {
	return slices.BinarySearchFunc(entries, name, func(e entry, name string) int {
		return strings.Compare(e.name, name)
	})
}

// with returns entries in which a name means a node, or nothing any more.
func with(entries []entry, name string, id int) []entry {
	i, ok := place(entries, name)
	switch {
	case id == gone && !ok:
		return entries
	case id == gone:
		return append(entries[:i:i], entries[i+1:]...)
	}
	after := make([]entry, 0, len(entries)+1)
	after = append(append(after, entries[:i]...), entry{name, id})
	if ok {
		i++
	}
	return append(after, entries[i:]...)
}

func (d *Disk) set(dir int, name string, id int) {
	d.nodes[dir].entries = with(d.nodes[dir].entries, name, id)
}

var (
	errFolder    = errors.New("is a directory")
	errNotFolder = errors.New("not a directory")
	errNotEmpty  = errors.New("directory not empty")
)

func pathError(op, path string, err error) error {
	return &fs.PathError{Op: op, Path: path, Err: err}
}

// Open implements [disk.Disk].
func (d *Disk) Open(path string) (disk.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, _, id := d.find(path)
	if id == gone {
		return nil, pathError("open", path, fs.ErrNotExist)
	}
	if d.nodes[id].folder {
		return nil, pathError("open", path, errFolder)
	}
	return &file{d: d, id: id, name: path}, nil
}

// Create implements [disk.Disk].
func (d *Disk) Create(path string) (disk.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	dir, name, id := d.find(path)
	switch {
	case id != gone:
		return nil, pathError("open", path, fs.ErrExist)
	case dir == gone:
		return nil, pathError("open", path, fs.ErrNotExist)
	}
	id = d.add(dir, name, node{})
	d.note(op{kind: opCreate, path: path, dir: dir, name: name, node: id})
	return &file{d: d, id: id, name: path}, nil
}

func (d *Disk) add(dir int, name string, n node) int {
	d.nodes = append(d.nodes, n)
	d.set(dir, name, len(d.nodes)-1)
	return len(d.nodes) - 1
}

// Stat implements [disk.Disk].
func (d *Disk) Stat(path string) (fs.FileInfo, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, name, id := d.find(path)
	if id == gone {
		return nil, pathError("lstat", path, fs.ErrNotExist)
	}
	return info{name, d.nodes[id].size, d.nodes[id].folder}, nil
}

// ReadDir implements [disk.Disk].
func (d *Disk) ReadDir(path string) ([]fs.DirEntry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id, err := d.folder("open", path)
	if err != nil {
		return nil, err
	}
	list := make([]fs.DirEntry, 0, len(d.nodes[id].entries))
	for _, e := range d.nodes[id].entries {
		n := &d.nodes[e.node]
		list = append(list, info{e.name, n.size, n.folder})
	}
	return list, nil
}

func (d *Disk) folder(op, path string) (int, error) {
	switch _, _, id := d.find(path); {
	case id == gone:
		return gone, pathError(op, path, fs.ErrNotExist)
	case !d.nodes[id].folder:
		return gone, pathError(op, path, errNotFolder)
	default:
		return id, nil
	}
}

// Mkdir implements [disk.Disk].
func (d *Disk) Mkdir(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	dir, name, id := d.find(path)
	switch {
	case id != gone && d.nodes[id].folder:
		return nil
	case id != gone:
		return pathError("mkdir", path, fs.ErrExist)
	case dir == gone:
		return pathError("mkdir", path, fs.ErrNotExist)
	}
	id = d.add(dir, name, node{folder: true})
	d.note(op{kind: opMkdir, path: path, dir: dir, name: name, node: id})
	return nil
}

// Rename implements [disk.Disk].
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	dir, name, id := d.find(from)
	toDir, toName, old := d.find(to)
	switch {
	case dir == gone || id == gone || toDir == gone:
		return pathError("rename", from, fs.ErrNotExist)
	case old != gone && d.nodes[old].folder != d.nodes[id].folder, d.nodes[id].folder && old != gone && len(d.nodes[old].entries) > 0:
		return pathError("rename", to, fs.ErrExist)
	case d.nodes[id].folder && dir != toDir:
		return pathError("rename", from, errors.ErrUnsupported) // both or neither would be a loop
	case old == id:
		return nil
	case d.left(opRename, from, to):
		return nil
	}
	d.set(dir, name, gone)
	d.set(toDir, toName, id)
	d.note(op{kind: opRename, path: from, dir: dir, name: name, to: to, toDir: toDir, toName: toName, node: id})
	return nil
}

// Remove implements [disk.Disk].
func (d *Disk) Remove(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	dir, name, id := d.find(path)
	switch {
	case dir == gone || id == gone:
		return pathError("remove", path, fs.ErrNotExist)
	case len(d.nodes[id].entries) > 0:
		return pathError("remove", path, errNotEmpty)
	}
	d.set(dir, name, gone)
	d.note(op{kind: opRemove, path: path, dir: dir, name: name, node: id})
	return nil
}

// SyncDir implements [disk.Disk].
func (d *Disk) SyncDir(path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	id, err := d.folder("sync", path)
	if err != nil || d.left(opSyncDir, path, "") {
		return err
	}
	d.note(op{kind: opSyncDir, path: path, node: id})
	return nil
}

// SyncFiles implements [disk.Disk]: the files it names, and no other.
func (d *Disk) SyncFiles(dir string, paths []string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	ids := make([]int, 0, len(paths))
	for _, p := range paths {
		_, _, id := d.find(p)
		if id == gone {
			return pathError("sync", p, fs.ErrNotExist)
		}
		ids = append(ids, id)
	}
	if len(ids) > 0 && !d.left(opSyncFiles, path.Clean(filepath.ToSlash(dir)), "") {
		d.note(op{kind: opSyncFiles, path: dir, nodes: ids})
	}
	return nil
}
