package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"pgregory.net/rapid"
)

// What was poured, from whatever offset and however the source cuts its bytes, is what
// the source has, and each state is the hash of what is before it. All buffers come
// back, whoever fails.
func TestPour(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const buffer, every = 64, 100
		content := rapid.SliceOfN(rapid.Byte(), 0, 700).Draw(t, "content")
		size := len(content)
		from := rapid.IntRange(0, size).Draw(t, "from")
		has := rapid.IntRange(from, size+1).Draw(t, "the source has")
		breaks := rapid.IntRange(-1, 2*size).Draw(t, "the card breaks at")

		h := sha256.New()
		h.Write(content[:from])
		whole := append(bytes.Clone(content), 'x')[:has]
		var in io.Reader = bytes.NewReader(whole[from:])
		in = rapid.SampledFrom([]func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
		}).Draw(t, "reader")(in)
		got := bytes.Clone(content[:from])
		broken := errors.New("broken")
		p := newPipe(every, buffer)
		err := p.pour(context.Background(), in, h, int64(from), int64(size), func(b, s []byte) error {
			if breaks >= from && len(got)+len(b) > breaks {
				return broken
			}
			got = append(got, b...)
			if s != nil {
				part := part{hash: sha256.New()}
				want := sha256.Sum256(got)
				if !part.restore(s) || part.offset != int64(len(got)) || !bytes.Equal(part.hash.Sum(nil), want[:]) {
					t.Fatalf("a state at %d is not that of %d bytes", part.offset, len(got))
				}
			}
			return nil
		})
		if !bytes.HasPrefix(content, got) {
			t.Fatal("other bytes were written")
		}
		var source *sourceError
		switch {
		case errors.Is(err, broken):
			if breaks < from || breaks >= size {
				t.Fatal("the card did not break")
			}
		case has > size:
			if !errors.Is(err, errTooLong) || !errors.As(err, &source) {
				t.Fatalf("a longer source: %v", err)
			}
		case has < size:
			if !errors.Is(err, errShort) || !errors.As(err, &source) || len(got) != has {
				t.Fatalf("a shorter source: %v after %d bytes", err, len(got))
			}
		default:
			if want := sha256.Sum256(content); err != nil || len(got) != size || !bytes.Equal(h.Sum(nil), want[:]) {
				t.Fatalf("%d bytes of %d, %v", len(got), size, err)
			}
		}
		if len(p.free) != bufferCount {
			t.Fatalf("%d buffers of %d came back", len(p.free), bufferCount)
		}
	})
}

// A source that hangs until its context ends is left then.
func TestPourEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, w := io.Pipe()
		context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
		done := make(chan error)
		go func() {
			done <- newPipe(1<<20, 64).pour(ctx, r, sha256.New(), 0, 1000, func(b, _ []byte) error { return nil })
		}()
		synctest.Wait()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
