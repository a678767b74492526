package report

import (
	"errors"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// What is kept of the past: KeptDays days on which the screen played, counted
// without asking a clock, and 256 MB in all.
const (
	KeptDays = 400
	keptSize = 256 << 20
)

// Roll returns what a play log calls before it forgets plays: it writes the hours
// of those plays as one day file that never changes, and removes the files that
// are too many. day is midnight in UTC of the latest date among the plays, and
// names the file; zero where none of them could be dated. Plays that a day file
// has already are left out, so that a call that was cut off may be made again.
// Records that cannot be read are lost here; their numbers show that they are
// missing.
//
// The plays are those that follow the ones of the call before. They must be safe
// in the log: a record that a day file has and the log lost in a power cut would
// give its number to another one. One call at a time; it may be long where the
// card is slow.
func Roll(d disk.Disk, data string) func(day time.Time, plays iter.Seq2[plan.Play, error]) error {
	return func(day time.Time, plays iter.Seq2[plan.Play, error]) error {
		if err := makeHours(d, data); err != nil {
			return err
		}
		held, _ := rolled(d, data) // a damaged file holds nothing
		given, _ := readMarks(d, data, givenName)
		builder := builder{cuts: given.ends()}
		var past []*block
		for p, err := range plays {
			if err != nil || p.IsRestart() || p.Seq <= held {
				continue
			}
			if b := builder.add(&p); b != nil {
				past = append(past, b)
			}
			held = p.Seq
		}
		if b := builder.take(); b != nil {
			past = append(past, b)
		}
		if len(past) == 0 {
			return nil
		}
		if day.IsZero() {
			day = past[0].hour()
		}
		if err := saveDay(d, data, day.UTC().Format(time.DateOnly), past); err != nil {
			return err
		}
		return forget(d, data)
	}
}

// Held returns the number up to which day files hold the records, or receipts were
// given: 0 without any. A log that lost its records must go on numbering above it.
func Held(d disk.Disk, data string) (uint64, error) {
	held, err := rolled(d, data)
	given, _ := readMarks(d, data, givenName)
	return max(held, given.end()), err
}

// rolled is the number up to which day files hold the records.
func rolled(d disk.Disk, data string) (uint64, error) {
	files, damaged := dayFiles(d, data, nil)
	for i := len(files) - 1; i >= 0; i-- {
		all, err := wholeDay(d, data, files[i].name)
		if err == nil {
			return all[len(all)-1].to(), errors.Join(damaged...)
		}
		damaged = append(damaged, err)
	}
	return 0, errors.Join(damaged...)
}

// forget removes the day files that are too many, oldest first.
func forget(d disk.Disk, data string) error {
	files, _ := dayFiles(d, data, nil)
	days := map[string]bool{}
	var size int64
	first := len(files)
	for i := len(files) - 1; i >= 0; i-- {
		path := filepath.Join(hoursDir(data), files[i].name)
		info, err := d.Stat(path)
		if err != nil {
			return disk.Explain("cannot read", path, err)
		}
		days[files[i].day()] = true
		if size += info.Size(); len(days) > KeptDays || size > keptSize {
			break
		}
		first = i
	}
	if first == 0 {
		return nil
	}
	return drop(d, data, files, first)
}

// drop removes the day files before files[first].
func drop(d disk.Disk, data string, files []dayFile, first int) error {
	if err := keepNumbers(d, data, files, first); err != nil {
		return err
	}
	for _, f := range files[:first] {
		path := filepath.Join(hoursDir(data), f.name)
		if err := d.Remove(path); err != nil {
			return disk.Explain("cannot remove", path, err)
		}
	}
	return disk.Explain("cannot tidy", hoursDir(data), d.SyncDir(hoursDir(data)))
}

// keepNumbers remembers up to where each organisation's own numbers are in the day
// files before files[first], so that they go on from there without them.
func keepNumbers(d disk.Disk, data string, files []dayFile, first int) error {
	given, _ := readMarks(d, data, givenName)
	forgotten, _ := readMarks(d, data, forgottenName)
	parts := map[string]*part{}
	know := func(org string) {
		if org != "" && parts[org] == nil {
			parts[org] = partOf(org, given, forgotten.of(org))
		}
	}
	for _, m := range slices.Concat(given, forgotten) {
		know(m.org)
	}
	end := uint64(0)
	for _, f := range files[:first] {
		blocks, _ := wholeDay(d, data, f.name) // a damaged one counts as lost
		for _, b := range blocks {
			for i := range b.rows {
				know(orgOf(b.rows[i].Feed))
			}
			for _, p := range parts {
				p.add(b)
			}
			end = b.to()
		}
	}
	if first < len(files) {
		end = files[first].from - 1
	}
	var kept marks
	for _, org := range slices.Sorted(maps.Keys(parts)) {
		if m := parts[org].end(end); m.number > 0 {
			kept = append(kept, m)
		}
	}
	return saveMarks(d, data, forgottenName, kept)
}
