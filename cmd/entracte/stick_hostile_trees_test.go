//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf16"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// Names and things that should not be there.
var hostileTrees = []hostility{
	{"ENTRACTE is a link to a pack", func(s *siege) {
		s.must(os.Rename(s.at(""), filepath.Join(s.outside, "tree")))
		s.link(filepath.Join(s.outside, "tree"), s.at(""))
	}, saysForeign, ""},
	{"ENTRACTE is a link to /", func(s *siege) { s.link("/", s.at("")) }, saysForeign, ""},
	{"ENTRACTE is a file", func(s *siege) { s.file(s.at(""), "x") }, saysForeign, ""},
	{"ENTRACTE is a pipe", func(s *siege) { s.fifo(s.at("")) }, saysForeign, ""},
	{"the archive as it was mailed", func(s *siege) {
		s.must(os.RemoveAll(s.at("")))
		s.put(filepath.Join(s.stick, "ENTRACTE.zip"), "PK\x03\x04")
	}, saysForeign, ""},
	{"holiday pictures", func(s *siege) {
		s.must(os.RemoveAll(s.at("")))
		s.put(filepath.Join(s.stick, "DCIM/100/IMG_0001.JPG"), "\xff\xd8\xff")
	}, saysForeign, ""},
	{"an empty ENTRACTE", func(s *siege) { s.must(os.RemoveAll(s.at(""))); s.must(os.Mkdir(s.at(""), 0o755)) }, saysNothing, ""},
	{"feeds is a link to /", func(s *siege) { s.link("/", s.at("feeds")) }, saysDamaged, ""},
	{"feeds is a file", func(s *siege) { s.file(s.at("feeds"), "x") }, saysDamaged, ""},
	{"the feed is a pipe", func(s *siege) { s.fifo(s.feed("")) }, saysDamaged, ""},
	{"the feed is a link to another shop's", func(s *siege) {
		s.must(os.Rename(s.feed(""), s.at("feeds/shop-12")))
		s.link("shop-12", s.feed(""))
	}, saysElsewhere("shop-12"), ""},
	{"another shop's stick", func(s *siege) { s.must(os.Rename(s.feed(""), s.at("feeds/shop-12"))) }, saysElsewhere("shop-12"), ""},
	{"a copy that was not finished", func(s *siege) {
		s.must(os.Remove(s.feed("latest")))
		s.must(os.Remove(s.manifest() + ".minisig"))
	}, saysDamaged, ""},

	{"latest is a pipe", func(s *siege) { s.fifo(s.feed("latest")) }, saysInstalled, bothInForce},
	{"latest is a link", func(s *siege) { s.link(filepath.Join(s.outside, "shadow"), s.feed("latest")) }, saysInstalled, bothInForce},
	{"latest is a folder", func(s *siege) { s.folder(s.feed("latest")) }, saysInstalled, bothInForce},
	{"latest is a path", func(s *siege) { s.put(s.feed("latest"), "../../../../etc/passwd\n") }, saysInstalled, bothInForce},
	{"latest has no end", func(s *siege) { s.sparse(s.feed("latest"), 10<<30) }, saysInstalled, bothInForce},
	{"latest is binary", func(s *siege) { s.put(s.feed("latest"), "\x00\xff\xfe\x1b[2J\n") }, saysInstalled, bothInForce},
	{"latest names what is not there", func(s *siege) { s.put(s.feed("latest"), "0001-00000077\n") }, saysPassed + saysInstalled, bothInForce},
	{"the highest version of all", func(s *siege) { s.put(s.feed("9999-99999999.json.minisig"), "x") }, saysPassed + saysInstalled, bothInForce},
	{"a stranger's newer pack beside it", func(s *siege) {
		other := s.TempDir() // nobody builds it beside another's by mistake
		_, err := pack.Build(s.Context(), disk.OS, other, orderOf(s.stranger, 12, map[string]string{"evil": "evil"}))
		s.must(err)
		s.must(filepath.WalkDir(other, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				var b []byte
				b, err = os.ReadFile(path)
				s.put(filepath.Join(s.stick, strings.TrimPrefix(path, other)), string(b))
			}
			return err
		}))
	}, "acme/shop-17: a newer delivery is on the stick, but not from an operator this screen knows. / " + saysInstalled, bothInForce},

	{"names that no reader should print", func(s *siege) {
		for _, name := range []string{"a\nb", "\u202Egnp.exe", "e\u0301te\u0301", "0001-0000001\u0661.json.minisig", "\xff\xfe", "CON", " ", "...", "0001-00000012.json.minisig\n", strings.Repeat("x", 255)} {
			s.put(s.feed(name), "x")
			s.put(s.at("feeds/"+name+"/latest"), "0001-00000099\n")
		}
	}, saysInstalled, bothInForce},
	{"only such names", func(s *siege) {
		s.must(os.RemoveAll(s.at("feeds")))
		for _, name := range []string{"Shop-17", "SHOP-17", "shop-17 ", "shop\u201017", "shop-17\n", "..."} {
			s.put(s.at("feeds/"+name+"/latest"), "0001-00000099\n")
		}
	}, saysNothing, ""},
	{"names in capitals, where those are others", func(s *siege) {
		s.must(os.Rename(s.feed("latest"), s.feed("LATEST")))
		s.must(os.Rename(s.at("blobs"), s.at("Blobs")))
	}, saysAbsent, ""},
	{"70,000 names", func(s *siege) {
		s.through(func(l *liar) {
			l.list = func(_ string, names []string, err error) ([]string, error) {
				for i := range 70_000 {
					names = append(names, fmt.Sprintf("%07d.tmp", i))
				}
				return names, err
			}
		})
	}, saysInstalled, bothInForce},
	{"70,000 newer packs that are not there", func(s *siege) {
		s.through(func(l *liar) {
			l.list = func(_ string, names []string, err error) ([]string, error) {
				for i := range 70_000 {
					names = append(names, pack.Version{Gen: 1, Serial: 100 + i}.String()+".json.minisig")
				}
				return names, err
			}
		})
	}, saysDamaged, ""},
	{"a listing that cannot be read", func(s *siege) {
		s.must(os.Remove(s.feed("latest")))
		s.through(func(l *liar) {
			l.list = func(_ string, names []string, _ error) ([]string, error) { return names[:0], syscall.EIO }
		})
	}, saysUnreadable, ""},
	{"nothing may be read", func(s *siege) {
		s.through(func(l *liar) {
			l.list = func(string, []string, error) ([]string, error) { return nil, os.ErrPermission }
			l.open = func(string, io.ReadCloser) (io.ReadCloser, error) { return nil, os.ErrPermission }
		})
	}, saysUnreadable, ""},
	{"the manifest cannot be read", func(s *siege) {
		s.through(func(l *liar) { l.open = breaks(".json", 10, syscall.EIO) })
	}, saysUnreadable, ""},
	{"the newest manifest cannot be read, an older one can", func(s *siege) {
		s.put(s.feed("0001-00000012.json"), "{}")
		s.put(s.feed("0001-00000012.json.minisig"), "x")
		s.through(func(l *liar) { l.open = breaks("12.json.minisig", 0, syscall.EIO) })
	}, saysPassed + saysInstalled, bothInForce},
}

func (s *siege) link(to, at string) {
	s.Helper()
	s.must(os.RemoveAll(at))
	s.must(os.Symlink(to, at))
}

func (s *siege) fifo(at string) {
	s.Helper()
	s.must(os.RemoveAll(at))
	s.must(syscall.Mkfifo(at, 0o644))
}

func (s *siege) file(at, text string) {
	s.Helper()
	s.must(os.RemoveAll(at))
	s.put(at, text)
}

func (s *siege) folder(at string) {
	s.Helper()
	s.must(os.RemoveAll(at))
	s.must(os.Mkdir(at, 0o755))
}

// sparse makes a file of that many zeros, which take no room.
func (s *siege) sparse(at string, size int64) {
	s.Helper()
	s.file(at, "")
	if err := os.Truncate(at, size); err != nil {
		s.Skip("no sparse files here: ", err)
	}
}

// windows is a text as it arrives where somebody copied it as one.
func windows(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func wide(text string) string {
	var b bytes.Buffer
	b.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		b.Write([]byte{byte(u), byte(u >> 8)})
	}
	return b.String()
}

// A liar is a stick that gives something else than what is on it.
type liar struct {
	pack.Source
	open func(name string, f io.ReadCloser) (io.ReadCloser, error)
	list func(dir string, names []string, err error) ([]string, error)
}

func (s *siege) through(make func(*liar)) {
	s.visitor.Through = func(src pack.Source) pack.Source {
		l := &liar{Source: src}
		make(l)
		return l
	}
}

func (l *liar) Open(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	f, err := l.Source.Open(ctx, name, from)
	if err != nil || l.open == nil {
		return f, err
	}
	return l.open(name, f)
}

func (l *liar) List(ctx context.Context, dir string) ([]string, error) {
	names, err := l.Source.List(ctx, dir)
	if l.list == nil {
		return names, err
	}
	return l.list(dir, names, err)
}

// breaks lets files with that end of their name fail after so many bytes.
func breaks(end string, after int64, err error) func(string, io.ReadCloser) (io.ReadCloser, error) {
	return func(name string, f io.ReadCloser) (io.ReadCloser, error) {
		if !strings.HasSuffix(name, end) {
			return f, nil
		}
		return given{io.MultiReader(io.LimitReader(f, after), failing{err}), f}, nil
	}
}

// given is another reader in the place of a file's, without its size.
type given struct {
	io.Reader
	io.Closer
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	return 0, &os.PathError{Op: "read", Path: "stick", Err: f.err}
}
