package storage

import (
	"sync/atomic"
)

// A flaky disk fails its nth change, counted from 0, and all that follow.
type flaky struct {
	playsDisk
	left atomic.Int64 // changes that still succeed
	err  error
}

func newFlaky(n int64, err error) *flaky {
	d := &flaky{playsDisk: osDisk{}, err: err}
	d.left.Store(n)
	return d
}

func (d *flaky) fails() error {
	if d.left.Add(-1) < 0 {
		return d.err
	}
	return nil
}

func (d *flaky) mkdir(path string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.playsDisk.mkdir(path)
}

func (d *flaky) append(path string) (file, error) {
	if err := d.fails(); err != nil {
		return nil, err
	}
	f, err := d.playsDisk.append(path)
	return &flakyFile{f, d}, err
}

func (d *flaky) sync(dir string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.playsDisk.sync(dir)
}

// A flakyFile writes half of what it is given when it fails.
type flakyFile struct {
	file
	d *flaky
}

func (f *flakyFile) Write(b []byte) (int, error) {
	if err := f.d.fails(); err != nil {
		n, _ := f.file.Write(b[:len(b)/2])
		return n, err
	}
	return f.file.Write(b)
}

func (f *flakyFile) Sync() error {
	if err := f.d.fails(); err != nil {
		return err
	}
	return f.file.Sync()
}
