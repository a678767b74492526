package storage

import (
	"context"
	"errors"
	"hash"
	"io"
	"sync"
)

const (
	bufferSize  = 1 << 20
	bufferCount = 4
	// statesEvery is how many bytes are copied between two states that a copy can
	// go on from after a power cut.
	statesEvery = 64 << 20
)

// A pipe copies from a slow source: while one buffer is written the next one is
// hashed and a third is read. Its buffers are made once and used for every file.
type pipe struct {
	free chan []byte
	// every is how many bytes are between two states.
	every int64
}

func newPipe(every int64, buffer int) *pipe {
	p := &pipe{make(chan []byte, bufferCount), every}
	for range bufferCount {
		p.free <- make([]byte, buffer)
	}
	return p
}

// A chunk is one filled buffer on its way.
type chunk struct {
	buffer []byte
	n      int
	// state is set where the file should be made safe after this chunk.
	state []byte
	// err ends the file: the source's, after the bytes of this chunk.
	err error
}

var errTooLong = errors.New("it has more bytes than the manifest says")

// pour copies the bytes of a source from an offset up to a size, hashes them with h
// and gives them to write, with a state now and then. The source must end there.
// It returns the first error of write; else that of the source, as a sourceError,
// after what came before it was written. When it returns nobody reads the source.
func (p *pipe) pour(ctx context.Context, in io.Reader, h hash.Hash, offset, size int64, write func(b, state []byte) error) error {
	read, hashed, stop := make(chan chunk), make(chan chunk), make(chan struct{})
	var parts sync.WaitGroup
	defer parts.Wait()
	defer close(stop)
	parts.Go(func() { defer close(read); p.read(ctx, in, size-offset, read, stop) })
	parts.Go(func() { defer close(hashed); p.hash(h, offset, read, hashed, stop) })
	for c := range hashed {
		var err error
		if c.n > 0 {
			err = write(c.buffer[:c.n], c.state)
		}
		p.free <- c.buffer
		if err != nil {
			return err
		}
		if c.err != nil {
			return &sourceError{c.err}
		}
	}
	return nil
}

// read fills buffers until the source ends. The last chunk has an error, or the
// source had neither more nor less than left bytes.
func (p *pipe) read(ctx context.Context, in io.Reader, left int64, to chan<- chunk, stop <-chan struct{}) {
	for {
		var c chunk
		select {
		case c.buffer = <-p.free:
		case <-stop:
			return
		}
		c.err = ctx.Err()
		if want := min(left, int64(len(c.buffer))); c.err == nil && want > 0 {
			c.n, c.err = io.ReadFull(in, c.buffer[:want])
			left -= int64(c.n)
		}
		if errors.Is(c.err, io.EOF) || errors.Is(c.err, io.ErrUnexpectedEOF) {
			c.err = errShort
		}
		if c.err == nil && left == 0 {
			c.err = ends(in)
			if c.err == nil && c.n == 0 {
				p.free <- c.buffer
				return
			}
		}
		last := c.err != nil || left == 0
		select {
		case to <- c:
		case <-stop:
			p.free <- c.buffer
			return
		}
		if last {
			return
		}
	}
}

var errShort = errors.New("it has fewer bytes than the manifest says")

// ends is nil if the source has no more bytes.
func ends(in io.Reader) error {
	var more [1]byte
	n, err := io.ReadFull(in, more[:])
	switch {
	case n > 0:
		return errTooLong
	case errors.Is(err, io.EOF):
		return nil
	}
	return err
}

// hash hashes chunks on their way.
func (p *pipe) hash(h hash.Hash, offset int64, from <-chan chunk, to chan<- chunk, stop <-chan struct{}) {
	for c := range from {
		h.Write(c.buffer[:c.n])
		before := offset
		offset += int64(c.n)
		if offset/p.every > before/p.every && c.err == nil {
			c.state, c.err = state(offset, h)
		}
		select {
		case to <- c:
		case <-stop:
			p.free <- c.buffer
			return
		}
	}
}
