//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"entracte/storage"
	"entracte/storage/disk/disktest"
	"entracte/storage/pack"
)

// Media that are not what the signed manifest says.
var hostileBlobs = []hostility{
	{"a medium is a link to a secret", func(s *siege) { s.link(filepath.Join(s.outside, "shadow"), s.blob()) }, saysWrong, ""},
	{"a medium is a link to a device", func(s *siege) { s.link("/dev/zero", s.blob()) }, saysWrong, ""},
	{"a medium is a pipe", func(s *siege) { s.fifo(s.blob()) }, saysWrong, ""},
	{"a medium is a folder", func(s *siege) { s.folder(s.blob()) }, saysWrong, ""},
	{"a medium has 10 GB", func(s *siege) { s.sparse(s.blob(), 10<<30) }, saysWrong, ""},
	{"a medium has a byte too many", func(s *siege) { s.file(s.blob(), "fresh!") }, saysWrong, ""},
	{"a medium has a byte too few", func(s *siege) { s.file(s.blob(), "fres") }, saysWrong, ""},
	{"a medium is empty", func(s *siege) { s.file(s.blob(), "") }, saysWrong, ""},
	{"a medium has other bytes", func(s *siege) { s.file(s.blob(), "flesh") }, saysWrong, ""},
	{"a medium is missing", func(s *siege) { s.must(os.Remove(s.blob())) }, saysAbsent, ""},
	{"a medium in capitals", func(s *siege) {
		s.must(os.Rename(s.blob(), filepath.Join(filepath.Dir(s.blob()), strings.ToUpper(filepath.Base(s.blob())))))
	}, saysAbsent, ""},
	{"the media are a link", func(s *siege) {
		s.must(os.Rename(s.at("blobs"), filepath.Join(s.outside, "blobs")))
		s.link(filepath.Join(s.outside, "blobs"), s.at("blobs"))
	}, saysWrong, ""},
	{"the media are a file", func(s *siege) { s.file(s.at("blobs"), "x") }, saysWrong, ""},
	{"10,000 media that are not there", func(s *siege) {
		var blobs strings.Builder
		for i := range 9999 {
			fmt.Fprintf(&blobs, `{"sha256": "%064x", "size": 1000, "media": "image/png", "w": 16, "h": 9},`, i)
		}
		text := s.read(s.manifest())
		at := strings.Index(text, `"program"`)
		s.sign(text[:strings.Index(text, `"blobs"`)] + `"blobs": [` + blobs.String() + blobOf(digestOf("fresh"), 5) + "]," + strings.Replace(text[at:], `"blob": 0`, `"blob": 1`, 1))
	}, "acme/shop-17 : il manque encore 9999 fichiers (9 Mo). Une autre clé apportera le reste ; ce qui passait continue.", ""},

	{"a medium may not be read", func(s *siege) {
		s.through(func(l *liar) { l.open = breaks(digestOf("fresh"), 0, os.ErrPermission) })
	}, "acme/shop-17 : il manque encore 1 fichier (5 octets). Une autre clé apportera le reste ; ce qui passait continue. / " + saysUnreadable, ""},
	{"a medium breaks in the middle", func(s *siege) {
		s.through(func(l *liar) { l.open = breaks(digestOf("fresh"), 3, syscall.EIO) })
	}, "acme/shop-17 : il manque encore 1 fichier (2 octets). Une autre clé apportera le reste ; ce qui passait continue. / " + saysUnreadable, ""},
	{"one medium of three breaks", func(s *siege) {
		s.build(orderOf(s.key, 11, map[string]string{"a": "a", "b": "b", "c": "c"}))
		s.through(func(l *liar) { l.open = breaks(digestOf("c"), 0, syscall.EIO) }) // 2e7d…, the first
	}, "acme/shop-17 : il manque encore 1 fichier (1 octet). Une autre clé apportera le reste ; ce qui passait continue. / Fichiers abîmés sur la clé : 1. Demandez à la régie de la refaire.", ""},
	{"other bytes at the second reading", func(s *siege) {
		read := map[string]int{}
		s.through(func(l *liar) {
			l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
				if read[name]++; read[name] == 1 {
					return f, nil
				}
				return given{strings.NewReader("evil!"), f}, nil
			}
		})
	}, saysInstalled, bothInForce},
	{"the right bytes only at the second reading", func(s *siege) {
		read := map[string]int{}
		s.through(func(l *liar) {
			l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
				if read[name]++; read[name] > 1 || !strings.HasPrefix(name, "blobs") {
					return f, nil
				}
				return given{strings.NewReader("evil!"), f}, nil
			}
		})
	}, saysWrong, ""},
	{"one byte at a time", func(s *siege) {
		s.through(func(l *liar) {
			l.open = func(_ string, f io.ReadCloser) (io.ReadCloser, error) { return given{slowly{f}, f}, nil }
		})
	}, saysInstalled, bothInForce},
	{"a medium that never ends", func(s *siege) {
		s.through(func(l *liar) {
			l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
				if !strings.HasPrefix(name, "blobs") {
					return f, nil
				}
				return given{io.MultiReader(f, endless{}), f}, nil
			}
		})
	}, saysWrong, ""},
	{"everything never ends", func(s *siege) {
		s.through(func(l *liar) {
			l.open = func(_ string, f io.ReadCloser) (io.ReadCloser, error) { return given{endless{}, f}, nil }
		})
	}, saysDamaged, ""},
	{"a medium is shorter than it says", func(s *siege) {
		s.through(func(l *liar) {
			l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
				if !strings.HasPrefix(name, "blobs") {
					return f, nil
				}
				return boast{given{strings.NewReader("fre"), f}, 5}, nil
			}
		})
	}, "acme/shop-17 : il manque encore 1 fichier (2 octets). Une autre clé apportera le reste ; ce qui passait continue.", ""},
	{"a medium is a link after it was looked at", func(s *siege) {
		s.through(func(l *liar) {
			l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
				if strings.HasPrefix(name, "feeds") {
					s.link(filepath.Join(s.outside, "shadow"), s.blob())
				}
				return f, nil
			}
		})
	}, saysWrong, ""},
}

// blobOf is a medium in a manifest.
func blobOf(sha string, size int64) string {
	return fmt.Sprintf(`{"sha256": %q, "size": %d, "media": "image/png", "w": 16, "h": 9}`, sha, size)
}

type slowly struct{ io.Reader }

func (s slowly) Read(b []byte) (int, error) { return s.Reader.Read(b[:min(len(b), 1)]) }

type endless struct{}

func (endless) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// boast is a file that says it has another size.
type boast struct {
	io.ReadCloser
	size int64
}

func (b boast) Size() int64 { return b.size }

// What does not fit on the card.
var hostileSpace = []hostility{
	{"more than any card holds", func(s *siege) {
		s.card(8 << 20)
		var blobs strings.Builder
		for i := range 15 {
			blobs.WriteString(blobOf(fmt.Sprintf("%064x", i), pack.MaxBlob) + ",")
		}
		text := s.read(s.manifest())
		s.sign(text[:strings.Index(text, `"blobs"`)] + `"blobs": [` + blobs.String() + blobOf(digestOf("fresh"), 5) + "]," +
			strings.Replace(text[strings.Index(text, `"program"`):], `"blob": 0`, `"blob": 1`, 1))
	}, "The screen’s card is full. What was playing goes on. Tell the operator.", ""},
	{"the card fills in the middle", func(s *siege) {
		s.card(8 << 20)
		s.build(orderOf(s.key, 11, map[string]string{"a": strings.Repeat("a", 1<<20), "b": strings.Repeat("b", 1<<20)}))
		fill := filepath.Join(s.data, "fill")
		s.copying = func(p storage.Progress) {
			if p.Files == 1 {
				f, err := os.OpenFile(fill, os.O_CREATE|os.O_WRONLY, 0o644)
				s.must(err)
				for err == nil {
					_, err = f.Write(bytes.Repeat([]byte("x"), 4096))
				}
				f.Close()
			}
		}
		s.freed = func() { s.must(os.Remove(fill)) }
	}, "The screen’s card is full. What was playing goes on. Tell the operator.", ""},
	{"own pictures that do not fit", func(s *siege) {
		s.card(2 << 20)
		s.must(os.RemoveAll(s.at("")))
		s.ownFile("venue.txt", "4F7K2M")
		s.ownFile("a.jpg", "\xff\xd8\xff"+strings.Repeat("a", 4<<20))
		s.visitor.Own.Folder = filepath.Join(s.data, "own")
		s.must(os.Mkdir(s.visitor.Own.Folder, 0o755))
	}, "La carte de l’écran est pleine : vos images n’y sont pas toutes.", ""},
}

// card gives the shop a card of that size.
func (s *siege) card(size int) {
	s.Helper()
	kept := s.data + ".kept"
	s.must(os.Rename(s.data, kept))
	s.must(os.Mkdir(s.data, 0o755))
	disktest.Mount(s, s.data, int64(size))
	s.must(os.CopyFS(s.data, os.DirFS(kept)))
	s.must(os.RemoveAll(kept))
}

func (s *siege) ownFile(name, text string) {
	s.Helper()
	s.put(filepath.Join(s.stick, "ENTRACTE-OWN", name), text)
}
