// Package disktest gives tests a real disk that is small, and fills it. It promises that
// the disk is gone with the test, and skips the test, with a sentence, where nothing can
// be mounted: that needs Linux and root.
//
//	dir := t.TempDir()
//	disktest.Mount(t, dir, 512<<10)
//	fill := disktest.Fill(t, dir)
//	err := save(dir) // must say that the disk is full
//	os.Remove(fill)
package disktest
