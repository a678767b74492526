package crash

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"testing"
)

// wanted is how many distinct states are to be checked when ENTRACTE_STATES is all.
func wanted(states, many int, all string) int {
	const quick, million = 100_000, 1_000_000
	if many == 0 {
		many = 10 * states
	}
	n, err := strconv.Atoi(all)
	switch {
	case err != nil || n <= 0:
		return states
	case n < quick:
		return max(states*n/quick, 1)
	}
	return states + int(float64(many-states)*float64(n-quick)/(million-quick))
}

// Check searches a trial for a violation, which fails the test. Then it leaves out
// each rename and each sync of the protocol in turn, all that go by one name, and
// fails the test unless that is noticed: a step that nobody misses is not needed,
// or the trial checks too little.
func Check[E any](t *testing.T, trial Trial[E]) {
	t.Helper()
	s, err := trial.search(wanted(trial.States, trial.Many, os.Getenv("ENTRACTE_STATES")), "")
	if err != nil {
		t.Fatal(err)
	}
	if s.found != nil {
		t.Fatal(s.found)
	}
	t.Log(s.count)
	steps, err := trial.Steps()
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		v, err := trial.Without(step)
		switch {
		case err != nil:
			t.Log("missed at once: ", step, ": ", err)
		case v != nil:
			t.Log("missed: ", step, ": ", v.Err)
		default:
			t.Errorf("nobody misses %s: it is not needed, or the check is too weak", step)
		}
	}
}

// Steps lists the renames and syncs of the protocol, each name once, in order.
func (t *Trial[E]) Steps() ([]string, error) {
	var steps []string
	for round := range uint64(8) {
		r, err := t.record(round+1, "")
		if err != nil {
			return nil, err
		}
		for _, o := range r.ops {
			if o.step != "" && !slices.Contains(steps, o.step) {
				steps = append(steps, o.step)
			}
		}
	}
	return steps, nil
}

// Without searches for a violation of the protocol without a step. The error is
// the protocol's own, that notices by itself.
func (t *Trial[E]) Without(step string) (*Violation, error) {
	s, err := t.search(max(8*t.States, 10_000), step)
	var own *protocolError
	if err != nil && !errors.As(err, &own) {
		return nil, err
	}
	return s.found, err
}
