package origin_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/origin"
	"entracte/storage/pack"
)

// nginx serves a folder as it is, and returns the address. It skips the test where
// there is none.
func nginx(t *testing.T, folder string) string {
	t.Helper()
	program := os.Getenv("ENTRACTE_NGINX")
	if program == "" {
		program = "nginx"
	}
	if _, err := exec.LookPath(program); err != nil {
		t.Skip("nginx is not here: scripts/test brings it")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	user := ""
	if os.Getuid() == 0 {
		user = "user root;\n" // the folder is the test's own
	}
	config := fmt.Sprintf(`%sdaemon off;
pid %[2]s/pid;
error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path %[2]s/a; proxy_temp_path %[2]s/b; fastcgi_temp_path %[2]s/c; uwsgi_temp_path %[2]s/d; scgi_temp_path %[2]s/e;
	server { listen %[3]s; root %[4]s; }
}
`, user, dir, address, folder)
	if err := os.WriteFile(filepath.Join(dir, "conf"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd := exec.Command(program, "-c", filepath.Join(dir, "conf"), "-e", "stderr")
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); <-ended })
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if resp, err := http.Get("http://" + address); err == nil {
			resp.Body.Close()
			return "http://" + address
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("nginx ended: %v\n%s", err, &said)
		default:
		}
		if time.Now().After(end) {
			t.Fatalf("nginx does not answer\n%s", &said)
		}
	}
}

// The tree that was built for a stick is served as it is by nginx, and installed from
// there; a copy that broke off goes on in the middle.
func TestFromNginx(t *testing.T) {
	t.Parallel()
	key, err := pack.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	film := make([]byte, 3<<20)
	rand.Read(film)
	folder := t.TempDir()
	if _, err := pack.Build(t.Context(), disk.OS, folder, &pack.Order{
		Name: pack.Name{Org: "acme", Feed: "shop-17"}, Key: key, IssuedAt: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		Files: fstest.MapFS{"film.mp4": {Data: film}, "lens.png": {Data: []byte("lens")}},
		Probe: func(_ context.Context, name string) (pack.Facts, error) {
			if name == "film.mp4" {
				return pack.Facts{Media: "video/mp4", Width: 1920, Height: 1080, Length: 10 * time.Second}, nil
			}
			return pack.Facts{Media: "image/png", Width: 16, Height: 9}, nil
		},
		Campaigns: []plan.Campaign{{ID: "lens", Advertiser: "Studio Lens", Category: 1021, Weight: 1, Creatives: []plan.Creative{
			{ID: "film", File: "film.mp4"}, {ID: "lens-1", File: "lens.png", Length: 10 * time.Second},
		}}},
	}); err != nil {
		t.Fatal(err)
	}
	server, err := origin.New(nginx(t, folder), origin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cache, err := storage.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	keys, err := pack.ParseKeys([]string{key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := cache.Newest(t.Context(), server, pack.Name{Org: "acme", Feed: "shop-17"}, keys)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	how := storage.Receiving{Device: "screen", Progress: func(p storage.Progress) {
		if p.Bytes > 1<<20 {
			cancel()
		}
	}}
	if _, err := cache.Receive(ctx, server, p, how); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	got, err := cache.Receive(t.Context(), server, p, storage.Receiving{Device: "screen"})
	if errors.Is(err, pack.ErrSame) {
		return // it was quicker than the first progress
	}
	if err != nil || !got.InForce || len(got.Feed.Campaigns) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, _, err := cache.Newest(t.Context(), server, pack.Name{Org: "acme", Feed: "shop-18"}, keys); err == nil {
		t.Error("a feed that is not there was found")
	}
}
