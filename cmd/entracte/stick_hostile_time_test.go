//go:build linux

package main

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"entracte/storage"
	"entracte/storage/pack"
	"entracte/storage/usb"
)

// A player that is to stop does, whatever a stick or a probe is about to do.
func TestHostileStickAtTheEnd(t *testing.T) {
	t.Parallel()
	a := arm(t)
	for name, hang := range map[string]func(s *siege, cancel func()){
		"a medium that gives nothing": func(s *siege, cancel func()) {
			s.through(func(l *liar) {
				l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
					if !strings.HasPrefix(name, "blobs") {
						return f, nil
					}
					return given{dripping{cancel}, f}, nil
				}
			})
			s.build(orderOf(s.key, 11, map[string]string{"long": strings.Repeat("x", 100)}))
		},
		"a probe that hangs": func(s *siege, cancel func()) {
			s.visitor.Receiving.Probe = func(ctx context.Context, _ string) (time.Duration, error) {
				cancel()
				<-ctx.Done()
				return 0, ctx.Err()
			}
		},
		"an own film without end": func(s *siege, cancel func()) {
			s.ownOnly("a.jpg")
			s.through(func(l *liar) {
				l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
					if !strings.HasSuffix(name, ".jpg") {
						return f, nil
					}
					return boast{given{io.MultiReader(strings.NewReader(aPicture), dripping{cancel}), f}, storage.MaxMedia}, nil
				}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := besiege(t, a)
			s.open()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			ended := false
			hang(s, func() { ended = true; cancel() })
			outside, last := s.tree(s.outside), usb.Reading
			s.visitor.Visit(ctx, s.in, func(n usb.News) { last = n.Stage })
			if !ended || last >= usb.Giving {
				t.Errorf("ended %v, and the last it tells is %v", ended, last)
			}
			s.stands("before", outside)
			if left, err := os.ReadDir(s.own); err != nil || len(left) > 0 {
				t.Errorf("of own files there are %v, %v", left, err)
			}
			s.visitor.Receiving.Probe = nil
			s.heals()
		})
	}
}

// A dripping stick gives a byte whenever it is asked, for ever; the player is told to
// stop meanwhile.
type dripping struct{ asked func() }

func (d dripping) Read(b []byte) (int, error) {
	d.asked()
	b[0] = 'x'
	return 1, nil
}

// A stick that is pulled out lists as empty, and what is open breaks: the glass says
// so, and nothing is concluded from it.
func TestHostileStickPulled(t *testing.T) {
	t.Parallel()
	a := arm(t)
	for name, pulled := range map[string]func(s *siege) func(*liar){
		"before anything is read": func(s *siege) func(*liar) {
			return func(l *liar) {
				s.pull()
				l.list = func(string, []string, error) ([]string, error) { return nil, nil }
				l.open = func(string, io.ReadCloser) (io.ReadCloser, error) { return nil, os.ErrNotExist }
			}
		},
		"in the middle of the manifest": func(s *siege) func(*liar) {
			return func(l *liar) {
				l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
					if strings.HasSuffix(name, ".json") {
						s.pull()
						return given{failing{io.ErrUnexpectedEOF}, f}, nil
					}
					return f, nil
				}
			}
		},
		"in the middle of a medium": func(s *siege) func(*liar) {
			return func(l *liar) {
				l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
					if name == pack.BlobPath(digestOf("fresh")) {
						s.pull()
						return given{io.MultiReader(strings.NewReader("fr"), failing{io.ErrUnexpectedEOF}), f}, nil
					}
					return f, nil
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := besiege(t, a)
			s.gives()
			give := s.visitor.Give
			s.visitor.Give = func(root string, orgs []string) (bool, error) {
				t.Error("a receipt for nobody")
				return give(root, orgs)
			}
			once := false
			s.visitor.Through = func(src pack.Source) pack.Source {
				l := &liar{Source: src}
				if !once {
					once = true
					pulled(s)(l)
				}
				return l
			}
			outside := s.tree(s.outside)
			s.visit()
			const want = "La clé a été retirée trop tôt / Ce qui passait continue de passer. / Remettez-la pour finir : la copie reprend où elle en était."
			if title, says := s.says("fr"); title+" / "+says != want {
				t.Errorf("it says %s / %s", title, says)
			}
			s.stands("before", outside)
			s.plugAgain()
			s.heals()
		})
	}
}
