package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"entracte/storage/disk"
)

// A dayFile is a file of rows in plays/hours: those of one UTC day, and of what
// could not be dated around it.
type dayFile struct {
	name string
	// from is the first record it has.
	from uint64
}

// dayName is what day files are called: the day, and a number where it came in
// parts, because the clock was set back or the log was full.
var dayName = regexp.MustCompile(`^\d{4}-\d\d-\d\d(-[1-9]\d{0,5})?\.csv$`)

// day is the day in the name of a file.
func (f dayFile) day() string { return f.name[:len(time.DateOnly)] }

func hoursDir(data string) string { return filepath.Join(data, "plays", "hours") }

// dayFiles lists the day files in the order of their records, but those in known.
// Files whose beginning cannot be read come as an error each.
func dayFiles(d disk.Disk, data string, known map[string]bool) (files []dayFile, damaged []error) {
	dir := hoursDir(data)
	entries, err := d.ReadDir(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil, []error{&disk.Fault{
			Fact: "cannot read the hours " + dir + ": they are there, but this user may not", Cause: err,
			Hint: "put sudo before the command, or run it as the user the player runs as",
		}}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, []error{disk.Explain("cannot read the hours", dir, err)}
	}
	for _, e := range entries {
		if known[e.Name()] || !dayName.MatchString(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		f := dayFile{name: e.Name()}
		for r, err := range readDay(d, data, f.name) {
			if err != nil {
				damaged = append(damaged, err)
			}
			f.from = r.From
			break
		}
		if f.from > 0 {
			files = append(files, f)
		}
	}
	slices.SortFunc(files, func(a, b dayFile) int {
		if a.from != b.from {
			return int(min(max(int64(a.from)-int64(b.from), -1), 1))
		}
		return strings.Compare(a.name, b.name)
	})
	return files, damaged
}

// readDay yields the rows of a day file.
func readDay(d disk.Disk, data, name string) func(yield func(Row, error) bool) {
	return func(yield func(Row, error) bool) {
		path := filepath.Join(hoursDir(data), name)
		f, err := d.Open(path)
		if err != nil {
			yield(Row{}, disk.Explain("cannot read", path, err))
			return
		}
		defer f.Close()
		for r, err := range csvForm.read(f, csvHead) {
			if err != nil {
				yield(Row{}, &disk.Fault{
					Fact: path + " is damaged", Cause: err, Kind: ErrDamaged,
					Hint: "the plays of these hours are missing from reports; the receipts given before still have them",
				})
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// wholeDay returns the blocks of a day file, of which every row is good.
func wholeDay(d disk.Disk, data, name string) ([]*block, error) {
	var blocks []*block
	for r, err := range readDay(d, data, name) {
		if err != nil {
			return nil, err
		}
		if n := len(blocks); n > 0 && r.From == blocks[n-1].from() {
			blocks[n-1].rows = append(blocks[n-1].rows, r)
			continue
		}
		blocks = append(blocks, &block{rows: []Row{r}})
	}
	return blocks, nil
}

// saveDay writes blocks as a file that never changes.
func saveDay(d disk.Disk, data, day string, blocks []*block) error {
	dir := hoursDir(data)
	err := disk.Save(d, dir, func(w io.Writer) (string, error) {
		out := bufio.NewWriter(w)
		err := csvForm.write(out, csvHead, func(yield func(Row, error) bool) {
			for _, b := range blocks {
				for _, r := range b.rows {
					if !yield(r, nil) {
						return
					}
				}
			}
		})
		if err = errors.Join(err, out.Flush()); err != nil {
			return "", err
		}
		return freeName(d, dir, day)
	})
	return disk.Explain("cannot write the hours to", dir, err)
}

// freeName is the first name of a day that no file has.
func freeName(d disk.Disk, dir, day string) (string, error) {
	name := day + ".csv"
	for n := 2; ; n++ {
		if _, err := d.Stat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) {
			return name, nil
		} else if err != nil {
			return "", err
		}
		name = fmt.Sprintf("%s-%d.csv", day, n)
	}
}
