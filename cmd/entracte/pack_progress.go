package main

import (
	"fmt"
	"io"
	"strings"

	"entracte/storage/pack"
)

// A progressBar tells how far a pack is: a bar that grows on a terminal, a line a file
// elsewhere.
type progressBar struct {
	w    io.Writer
	live bool
	// file and shown are what was told last.
	file, step string
	shown      int64
	drawn      bool
}

// progressWords say what is done to a file.
var progressWords = map[string]string{"read": "reading", "check": "checking", "copy": "copying"}

func (b *progressBar) show(p pack.Progress) {
	if !b.live {
		if p.File != b.file || p.Step != b.step {
			fmt.Fprintf(b.w, "%s %s\n", progressWords[p.Step], p.File)
		}
		b.file, b.step = p.File, p.Step
		return
	}
	const cells = 30
	at := int64(cells)
	if p.Total > 0 {
		at = min(cells, p.Done*cells/p.Total)
	}
	permille := at
	if p.Total > 0 {
		permille = p.Done * 1000 / p.Total
	}
	if b.drawn && permille == b.shown && p.Step == b.step && p.Done < p.Total {
		return
	}
	b.drawn, b.shown, b.step = true, permille, p.Step
	fmt.Fprintf(b.w, "\r%s %s%s %s of %s\x1b[K", progressWords[p.Step], strings.Repeat("█", int(at)), strings.Repeat("·", int(cells-at)),
		megabytes(p.Done), megabytes(p.Total))
}

// end leaves the cursor on a line of its own.
func (b *progressBar) end() {
	if b.drawn {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

// megabytes writes bytes for people.
func megabytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.2f GB", float64(n)/1e9)
}
