package crash

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"entracte/storage/disk"
)

func put(d *Disk, dir, name, text string) error {
	return disk.Save(d, dir, func(w io.Writer) (string, error) {
		_, err := io.WriteString(w, text)
		return name, err
	})
}

// An event is what a protocol tells: that it begins to save a number, or that it
// has.
type event struct {
	what string
	n    int
}

func (e event) String() string { return fmt.Sprint(e.what, " ", e.n) }

func last(told []event, what string) (n int) {
	for _, e := range told {
		if e.what == what {
			n = e.n
		}
	}
	return n
}

func text(n int) string { return strings.Repeat(fmt.Sprintf("this is number %d. ", n), 20*n) }

// saves is the smallest protocol: one file, replaced again and again.
func saves() Trial[event] {
	return Trial[event]{
		States: 3000,
		Run: func(d *Disk, _ *rand.Rand, tell func(event)) error {
			for n := 1; n <= 5; n++ {
				tell(event{"saving", n})
				if err := put(d, "/", "a", text(n)); err != nil {
					return err
				}
				tell(event{"saved", n})
			}
			return nil
		},
		Check: func(d *Disk, told []event) error {
			least, most := last(told, "saved"), last(told, "saving")
			b, err := disk.ReadFile(d, "/a", 1<<20)
			if errors.Is(err, fs.ErrNotExist) && least == 0 {
				return nil
			}
			if err != nil {
				return err
			}
			for n := least; n <= most; n++ {
				if string(b) == text(n) && n > 0 {
					return nil
				}
			}
			return fmt.Errorf("the file holds %.20q, not number %d to %d", b, least, most)
		},
	}
}

func TestPowerCutInSave(t *testing.T) { Check(t, saves()) }
