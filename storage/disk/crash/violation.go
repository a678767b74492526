package crash

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Violation is a state that a power cut may leave and that must not be. Its
// error text tells all of it: what was done, where the power went, what of it was
// lost, what was on the card then, and what is wrong with that.
type Violation struct {
	// Err is what Check said.
	Err  error
	text string
}

func (v *Violation) Error() string { return v.text }

// Unwrap returns what Check said.
func (v *Violation) Unwrap() error { return v.Err }

// shown is how many operations that are durable a report shows, and how many
// files.
const shown = 40

func violation(lives []*life, omit string, err error) *Violation {
	var b strings.Builder
	fmt.Fprintf(&b, "a power cut breaks it: %v\n", err)
	if omit != "" {
		fmt.Fprintf(&b, "left out on purpose: %s\n", omit)
	}
	for i, l := range lives {
		if i > 0 {
			b.WriteString("\nThe program started again, and the power went again:\n")
		} else {
			b.WriteString("\nThe operations, and what a cut left of those not yet synced:\n")
		}
		l.write(&b)
	}
	b.WriteString("\nWhat was on the card then:\n")
	st := lives[len(lives)-1].states
	for k, v := range st.card.kept {
		fmt.Fprintf(&b, "  committed %s = %.80q\n", k, v)
	}
	left := shown
	st.tree(&b, "/", 0, &left)
	return &Violation{Err: err, text: b.String()}
}

// write lists the operations of a life up to its cut and the next few.
func (l *life) write(b *strings.Builder) {
	fates := l.states.fates()
	skipped := 0
	for i, o := range l.ops {
		fate := fates[i]
		if i == l.cut {
			fmt.Fprintf(b, "  ----  the power goes here\n")
		}
		if fate == "" && i < l.cut-shown || i > l.cut+3 {
			skipped++
			continue
		}
		if skipped > 0 {
			fmt.Fprintf(b, "        ... %d operations, durable\n", skipped)
			skipped = 0
		}
		fmt.Fprintf(b, "  %4d  %-60s %s\n", i+1, o, fate)
	}
	if l.cut == len(l.ops) {
		fmt.Fprintf(b, "  ----  the power goes here\n")
	} else if skipped > 0 {
		fmt.Fprintf(b, "        ... %d more that were never reached\n", skipped)
	}
}

// fates tells what became of the operations that no sync had followed.
func (s *states) fates() map[int]string {
	fates := make(map[int]string)
	say := func(op int, what string) {
		if fates[op] != "" && fates[op] != what {
			what = fates[op] + " there, " + what + " here"
		}
		fates[op] = what
	}
	for id := range s.card.nodes {
		n := &s.card.nodes[id]
		v := s.picked(id)
		for i, ch := range n.pending {
			switch {
			case !n.folder:
				say(ch.op, n.fate(i, &v.node.content))
			case v.kept[i]:
				say(ch.op, "kept")
			default:
				say(ch.op, "lost")
			}
		}
	}
	return fates
}

// picked is the present variant of a node.
func (s *states) picked(id int) *variant {
	if i, open := slices.BinarySearch(s.open, id); open {
		return &s.variants(i)[s.picks[i]]
	}
	return &s.card.nodes[id].variants[0]
}

// fate tells how much of pending change i is in a file.
func (n *cardNode) fate(i int, got *content) string {
	before, after := n.content(i), n.content(i+1)
	touched, kept := 0, 0
	for at := range max(len(before.sectors), len(after.sectors)) {
		if before.at(at) == after.at(at) {
			continue
		}
		touched++
		for m := i + 1; m <= len(n.pending); m++ {
			if n.content(m).at(at) == got.at(at) {
				kept++
				break
			}
		}
	}
	text := fmt.Sprintf("%d of %d sectors", kept, touched)
	switch {
	case kept == touched:
		text = "kept"
	case kept == 0:
		text = "lost"
	}
	if before.size != after.size && got.size != after.size {
		text += fmt.Sprintf(", size %d", got.size)
	}
	return text
}

// tree lists what can be reached.
func (s *states) tree(b *strings.Builder, p string, id int, left *int) {
	for _, e := range s.nodes[id].entries {
		n := &s.nodes[e.node]
		if *left--; *left < 0 {
			if *left == -1 {
				b.WriteString("  ...\n")
			}
			return
		}
		full := path.Join(p, e.name)
		if n.folder {
			fmt.Fprintf(b, "  %s/\n", full)
			s.tree(b, full, e.node, left)
			continue
		}
		fmt.Fprintf(b, "  %-50s %7d bytes  %s\n", full, n.size, n.head())
		if note := s.picked(e.node).note; note != "" {
			fmt.Fprintf(b, "    %s\n", note)
		}
	}
}

// head is how a file begins, as text where it is one.
func (n *node) head() string {
	var buf [32]byte
	head := buf[:n.read(buf[:], 0)]
	if utf8.Valid(head) && !strings.ContainsRune(string(head), 0) {
		return fmt.Sprintf("%q", head)
	}
	return fmt.Sprintf("%x", head)
}
