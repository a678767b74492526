package radar

import "errors"

// mostWrites is how often the module's flash memory may be written in one run:
// enough for a module that is exchanged, and no wear from one that will not keep
// what it is told.
const mostWrites = 3

var (
	errNotKept = errors.New("the module does not keep the settings it is given")
	errWorn    = errors.New("the module's settings differ again, and were written often enough")
)

// tune makes the module keep what is wanted of it and leaves it reporting.
func (r *Radar) tune(l *link, writes *int) (err error) {
	// A module that was left in the middle of a conversation, by us or by the
	// maker's app, reports nothing until it is told to.
	_, _ = l.ask(command(wordLeave))
	if _, err := l.ask(command(wordEnter, 1, 0)); err != nil {
		return err
	}
	defer func() {
		if _, left := l.ask(command(wordLeave)); err == nil {
			err = left
		}
	}()
	// What the energies of the gates would tell is not wanted here. Not in flash.
	if _, err := l.ask(command(wordPlain)); err != nil && !errors.Is(err, errRefused) {
		return err
	}
	has, err := l.tuning()
	if err != nil {
		return err
	}
	want := r.wanted(has)
	todo := want.writes(has)
	switch {
	case len(todo) == 0:
		return nil
	case *writes >= mostWrites:
		return errWorn
	}
	*writes++
	for _, w := range todo {
		if _, err := l.ask(w); err != nil {
			return err
		}
	}
	if has, err = l.tuning(); err == nil && has != want {
		err = errNotKept
	}
	return err
}
