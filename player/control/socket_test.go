package control

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// dead leaves a socket behind, as a player that was killed does.
func dead(t *testing.T, path string) {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
}

// refuses checks that Listen opens nothing, and returns its error.
func refuses(t *testing.T, path string) error {
	t.Helper()
	d := newDesk()
	srv, err := Listen(path, API{Player: d, Signal: d.signal})
	if err == nil {
		srv.Close()
	}
	return err
}

func TestDeadSocketIsReplaced(t *testing.T) {
	t.Parallel()
	path := place(t)
	dead(t, path)
	d := newDesk()
	if err := d.open(t, path).Signal(soon(t), "till", On); err != nil || d.taken() != "till on" {
		t.Error(err)
	}
}

func TestLivePlayerIsLeftAlone(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	d.status.Venue = "the first"
	c := d.open(t, path)
	says(t, refuses(t, path), "another player answers on "+path, "stop it first")
	if s, err := c.Status(soon(t)); err != nil || s.Venue != "the first" {
		t.Errorf("the first player answers %+v, %v", s, err)
	}
}

// Only a refused connection proves that nobody listens: this socket has a
// listener, of another kind.
func TestDoubtfulSocketIsLeftAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no datagram sockets with a path")
	}
	path := place(t)
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	says(t, refuses(t, path), "another player may listen on "+path, "remove that file")
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoSocketIsLeftAlone(t *testing.T) {
	t.Parallel()
	for what, put := range map[string]func(path string) error{
		"file":          func(path string) error { return os.WriteFile(path, []byte("the shop's accounts"), 0o600) },
		"empty file":    func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"folder":        func(path string) error { return os.Mkdir(path, 0o700) },
		"link to none":  func(path string) error { return os.Symlink("nowhere", path) },
		"link to other": func(path string) error { return os.Symlink(filepath.Dir(path), path) },
	} {
		path := place(t)
		if err := put(path); err != nil {
			t.Fatal(err)
		}
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		says(t, refuses(t, path), path+" is in the way", "move it elsewhere")
		after, err := os.Lstat(path)
		if err != nil || !os.SameFile(before, after) || before.Size() != after.Size() {
			t.Errorf("%s: was %v, is %v, %v", what, before, after, err)
		}
	}
}

func TestPathOfASocket(t *testing.T) {
	t.Parallel()
	long := filepath.Join(t.TempDir(), strings.Repeat("d", maxPath))
	says(t, refuses(t, long), "too long a path", "choose a shorter --data")

	dir := place(t)
	if len(dir)+2 > maxPath {
		t.Skip("the folder for temporary files is too deep for this test")
	}
	longest := filepath.Join(dir, strings.Repeat("d", maxPath-len(dir)-1))
	d := newDesk()
	if _, err := d.open(t, longest).Status(soon(t)); err != nil {
		t.Errorf("a path of %d characters, in a folder to be made: %v", len(longest), err)
	}

	file := place(t)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	says(t, refuses(t, filepath.Join(file, "s")), "the control socket has no folder", "--data")
}

// A folder called "@data" is a folder, and not a name without permissions.
func TestPathWithAnAt(t *testing.T) {
	t.Chdir(t.TempDir())
	d := newDesk()
	c := d.open(t, "@s")
	if there, err := os.Lstat("@s"); err != nil || there.Mode().Type() != fs.ModeSocket {
		t.Fatalf("%v, %v", there, err)
	}
	if err := c.Signal(soon(t), "till", On); err != nil {
		t.Error(err)
	}
	says(t, refuses(t, "@s"), "another player answers", "stop it first")
}

func TestOnlyOwnerAndGroupMaySpeak(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps no permissions on a socket")
	}
	path := place(t)
	newDesk().open(t, path)
	there, err := os.Lstat(path)
	if err != nil || there.Mode() != fs.ModeSocket|0o660 {
		t.Errorf("the socket is %v, %v", there.Mode(), err)
	}
}

// Between the making of the socket and Chmod nobody else may slip in: under the
// usual umask a socket is born open to be seen by others, under none to be used.
func TestSocketIsBornGuarded(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux can guard a socket before it has a name")
	}
	path := place(t)
	l, err := bind(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	there, err := os.Lstat(path)
	if err != nil || there.Mode().Perm()&^mode != 0 {
		t.Errorf("the socket is born %v, %v", there.Mode(), err)
	}
}

func gone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	d.asked = make(chan context.Context)
	srv, err := Listen(path, API{Player: d, Signal: d.signal})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done, cut := make(chan error, 1), make(chan error, 1)
	go func() { done <- srv.Serve(ctx) }()
	go func() {
		_, err := Dial(path).Status(context.Background())
		cut <- err
	}()
	question := ended(t, d.asked)
	cancel()
	if err := ended(t, done); err != nil {
		t.Errorf("Serve: %v", err)
	}
	gone(t, path)
	// The question under way ends too, on both sides.
	ended(t, question.Done())
	if err := ended(t, cut); err == nil {
		t.Error("a question that was cut off was answered")
	}
	_, err = Dial(path).Status(soon(t))
	if !errors.Is(err, ErrNoPlayer) {
		t.Errorf("after the end: %v", err)
	}
}

// A signal's context ends when its sender goes away.
func TestSenderThatGoesAway(t *testing.T) {
	t.Parallel()
	path := place(t)
	asked := make(chan context.Context, 1)
	srv, err := Listen(path, API{Player: newDesk(), Signal: func(ctx context.Context, _ string, _ Act) error {
		asked <- ctx
		<-ctx.Done()
		return ctx.Err()
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	go srv.Serve(context.Background())
	ctx, cancel := context.WithCancel(context.Background())
	sent := make(chan error, 1)
	go func() { sent <- Dial(path).Signal(ctx, "till", On) }()
	delivery := ended(t, asked)
	cancel()
	ended(t, delivery.Done())
	if err := ended(t, sent); !errors.Is(err, context.Canceled) {
		t.Errorf("the sender got %v", err)
	}
}

func TestServeAfterTheEnd(t *testing.T) {
	t.Parallel()
	path := place(t)
	srv, err := Listen(path, API{Player: newDesk()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ctx) }()
	if err := ended(t, done); err != nil {
		t.Errorf("Serve: %v", err)
	}
	gone(t, path)
}

// A start-up that fails after Listen closes what never served.
func TestCloseWithoutServe(t *testing.T) {
	t.Parallel()
	path := place(t)
	srv, err := Listen(path, API{Player: newDesk()})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := srv.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		gone(t, path)
	}
	if err := srv.Serve(soon(t)); err != nil {
		t.Errorf("Serve when closed: %v", err)
	}
}

func TestCloseWhileServing(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	srv, err := Listen(path, API{Player: d, Signal: d.signal})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(context.Background()) }()
	if _, err := Dial(path).Status(soon(t)); err != nil {
		t.Fatal(err)
	}
	if err := srv.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if err := ended(t, done); err != nil {
		t.Errorf("Serve: %v", err)
	}
	gone(t, path)
}

func TestServeThatBreaks(t *testing.T) {
	t.Parallel()
	srv, err := Listen(place(t), API{Player: newDesk()})
	if err != nil {
		t.Fatal(err)
	}
	srv.l.Close()
	says(t, srv.Serve(soon(t)), " broke: ", "")
}
