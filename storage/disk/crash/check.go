package crash

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"testing"
)

// quickStates is the sum of the [Trial.States] of all trials of this module, more
// or less, and what ENTRACTE_STATES is when it is not set.
const quickStates = 100_000

// Scale is by how much more than the usual number of states are to be checked: the
// environment variable ENTRACTE_STATES over 100,000.
func Scale() float64 {
	n, err := strconv.Atoi(os.Getenv("ENTRACTE_STATES"))
	if err != nil || n <= 0 {
		return 1
	}
	return float64(n) / quickStates
}

// Check searches a trial for a violation, which fails the test. Then it leaves out
// each rename and each sync of the protocol in turn, all that go by one name, and
// fails the test unless that is noticed: a step that nobody misses is not needed,
// or the trial checks too little.
func Check[E any](t *testing.T, trial Trial[E]) {
	t.Helper()
	s, err := trial.search(max(int(float64(trial.States)*Scale()), 1), "")
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
