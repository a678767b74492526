package control

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"

	"entracte/scheduler/plan"
)

// writePlays writes a list one play at a time: weeks of them would not fit twice
// into the memory of the smallest Pi.
func writePlays(w io.Writer, plays iter.Seq2[plan.Play, error]) {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	between, end := "[", "[]\n"
	for p, err := range plays {
		if err != nil {
			continue
		}
		if p.Reasons == nil {
			p.Reasons = []string{} // [] to readers, not null
		}
		line.Reset()
		line.WriteString(between)
		if enc.Encode(p) != nil {
			continue
		}
		if _, err := w.Write(line.Bytes()); err != nil {
			return // the client is gone
		}
		between, end = ",", "]\n"
	}
	// The client is gone if this fails; nothing can be told to it.
	_, _ = io.WriteString(w, end)
}
