package storage

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"entracte/storage/pack"
)

// BenchmarkReceive copies a pack from a folder of the same disk; beside it is what
// copies the same files without looking at them. Between the two of them lie the
// hash, the parts and the syncs.
func BenchmarkReceive(b *testing.B) {
	for _, k := range []struct {
		name        string
		files, size int
	}{{"10x30MB", 10, 30 << 20}, {"300x100kB", 300, 100 << 10}} {
		dir := b.TempDir()
		p := &pack.Pack{Name: shop, Version: pack.Version{Gen: 1, Serial: 1}, Manifest: []byte("m"), Signature: []byte("s")}
		p.Feed.Name = shop.String()
		content := make([]byte, k.size)
		for range k.files {
			_, _ = rand.Read(content)
			sha := digest(content)
			at := filepath.Join(dir, pack.BlobPath(sha))
			must(b, os.MkdirAll(filepath.Dir(at), 0o755))
			must(b, os.WriteFile(at, content, 0o644))
			p.Blobs = append(p.Blobs, pack.Blob{SHA256: sha, Size: int64(k.size)})
		}
		b.Run(k.name+"/receive", func(b *testing.B) {
			b.SetBytes(int64(k.files * k.size))
			root, err := os.OpenRoot(dir)
			must(b, err)
			defer root.Close()
			for b.Loop() {
				b.StopTimer()
				data := b.TempDir()
				c, err := Open(data)
				must(b, err)
				b.StartTimer()
				got, err := c.Receive(context.Background(), pack.Dir(root), p, Receiving{})
				b.StopTimer()
				if err != nil || !got.InForce {
					b.Fatalf("%+v, %v", got, err)
				}
				must(b, c.Close())
				must(b, os.RemoveAll(data))
				b.StartTimer()
			}
		})
		b.Run(k.name+"/copy", func(b *testing.B) {
			b.SetBytes(int64(k.files * k.size))
			for b.Loop() {
				b.StopTimer()
				data := b.TempDir()
				b.StartTimer()
				for i, blob := range p.Blobs {
					must(b, copyFile(filepath.Join(dir, pack.BlobPath(blob.SHA256)), filepath.Join(data, fmt.Sprint(i))))
				}
				b.StopTimer()
				must(b, os.RemoveAll(data))
				b.StartTimer()
			}
		})
	}
}

// copyFile copies a file as cp does, and syncs it.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := io.Copy(struct{ io.Writer }{out}, struct{ io.Reader }{in}); err != nil {
		return err
	}
	return out.Sync()
}
