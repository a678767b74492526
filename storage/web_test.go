package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
)

// A web is a source as a web server may be: it does not say how long a file is, and has
// no answer to who asks for what is behind its end.
type web struct{ *stick }

func (w web) Open(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	f, err := w.stick.Open(ctx, name, from)
	if err != nil {
		return nil, err
	}
	for _, b := range w.files {
		if from > 0 && from == int64(len(b)) {
			return nil, errors.New("416 Range Not Satisfiable")
		}
	}
	return endless{f}, nil
}

type endless struct{ io.ReadCloser }

func (endless) Size() int64 { return -1 }

// A connection that breaks behind the last byte leaves a blob that is whole: it is used,
// and the server is not asked for the nothing that is left.
func TestReceiveFromWeb(t *testing.T) {
	t.Parallel()
	for _, left := range []int{0, 4, 9} {
		t.Run(fmt.Sprint(left), func(t *testing.T) {
			c := open(t, t.TempDir())
			p, s := packOf(1, "nine byte")
			s.left, s.err = left, errors.New("connection reset")
			if got, err := receive(c, web{s}, p); err != nil || got.InForce || got.Gone == nil {
				t.Fatalf("%+v, %v", got, err)
			}
			s.err = nil
			mustReceive(t, c, web{s}, p)
		})
	}
}
