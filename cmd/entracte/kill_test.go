//go:build linux

package main

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"entracte/player"
	"entracte/player/control"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/playlog"
)

// A killing is a shop whose player is killed again and again.
type killing struct {
	*venue
	key pack.Key
	// offered is the serial of the pack on the stick, known the newest that was in force.
	offered, known int
	// between counts how often a pack was neither refused nor in force yet.
	between int
	plays   int
}

// ofPack is how many campaigns a pack has.
const ofPack = 4

// kill -9 at any moment: the player starts again, its plan is the old one or the new
// one and whole, no record that was there is lost, and the chain is right.
func TestKilled(t *testing.T) {
	t.Parallel()
	rounds, err := strconv.Atoi(cmp.Or(os.Getenv("ENTRACTE_KILLS"), "20"))
	if err != nil {
		t.Fatalf("ENTRACTE_KILLS: %v", err)
	}
	k := newKilling(t)
	for i := range rounds {
		k.start("--windowed", "320x180", "--ads", k.path("ads"))
		switch i % 3 {
		case 0: // in the middle of the show …
			k.until("it answers", func(player.Status) bool { return true })
			k.signal("mat", control.On)
			k.until("a play is counted", func(s player.Status) bool { return s.Plays > 0 })
		case 1: // … of the start …
			time.Sleep(time.Duration(i*i%29) * 10 * time.Millisecond)
		case 2: // … or while a stick is read.
			if k.known == k.offered {
				k.offer(k.offered+1, ofPack)
			}
			k.until("it answers", func(player.Status) bool { return true })
			plugIn(t, k.path("machine"), k.path("stick"))
			k.copying()
			time.Sleep(mathrand.N(time.Second) * time.Duration(i%2))
		}
		k.cmd.Process.Kill()
		<-k.done
		if i%3 == 2 {
			pullOut(t, k.path("machine"))
		}
		k.check(i)
	}
	t.Logf("%d kills: %d records, %d packs in force, %d times one was between", rounds, k.plays, k.known, k.between)
	k.recovers()
}

func newKilling(t *testing.T) *killing {
	k := &killing{venue: newVenue(t)}
	k.picture("red.png", red)
	k.picture("blue.png", blue)
	k.ads(1, "red.png", "blue.png")
	var err error
	if k.key, err = pack.NewKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(k.path("shop.toml"))
	if err != nil {
		t.Fatal(err)
	}
	k.write("shop.toml", string(config)+fmt.Sprintf("\n[content]\nfeeds = [%q]\ntrust = [%q]\n", shop17, k.key.Public()))
	for _, dir := range []string{"machine", "stick"} {
		if err := os.Mkdir(k.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	k.write("machine/mountinfo", "")
	k.env = append(k.env, "ENTRACTE_TEST_MACHINE="+k.path("machine"))
	return k
}

// copying waits until a picture is being copied, or the copy is over.
func (k *killing) copying() {
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if parts, err := os.ReadDir(k.path("data/incoming")); err == nil && len(parts) > 0 {
			return
		}
	}
}

// offer puts a pack on the stick whose campaigns and pictures are all its own.
func (k *killing) offer(serial, campaigns int) {
	k.t.Helper()
	pictures := map[string]string{}
	for i := range campaigns {
		img := image.NewGray(image.Rect(0, 0, 1280, 720))
		if _, err := rand.Read(img.Pix); err != nil {
			k.t.Fatal(err)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			k.t.Fatal(err)
		}
		pictures[fmt.Sprintf("of-%d-%d", serial, i)] = b.String()
	}
	if _, err := pack.Build(k.t.Context(), disk.OS, k.path("stick"), orderOf(k.key, serial, pictures)); err != nil {
		k.t.Fatal(err)
	}
	k.offered = serial
}

// check reads what a killed player left.
func (k *killing) check(round int) {
	k.t.Helper()
	if _, err := os.Stat(k.path("data/plays")); err == nil {
		plays := k.venue.plays()
		if len(plays) < k.plays {
			k.t.Fatalf("round %d: %d records, %d were there before", round, len(plays), k.plays)
		}
		for j, p := range plays {
			if p.Seq != uint64(j+1) {
				k.t.Fatalf("round %d: record %d has seq %d", round, j, p.Seq)
			}
		}
		k.plays = len(plays)
		chain, err := playlog.Verify(disk.OS, k.path("data"))
		if len(plays) > 0 && (err != nil || chain.Plays+chain.Unsealed != len(plays)) {
			k.t.Fatalf("round %d: of %d records the chain has %+v, %v", round, len(plays), chain, err)
		}
	}
	if strings.Contains(k.news.String(), "play log: ") {
		k.t.Fatalf("round %d: a killed process left half a record:\n%s", round, &k.news)
	}
	k.checkPack(round)
}

// checkPack wants one pack in force, the old or the new one, with all its media.
func (k *killing) checkPack(round int) {
	k.t.Helper()
	if _, err := os.Stat(k.path("data/cache.db")); err != nil {
		return // killed before there was one
	}
	cache, err := storage.Open(k.path("data"))
	if err != nil {
		k.t.Fatalf("round %d: %v", round, err)
	}
	defer cache.Close()
	k.checkFeed(round, cache)
}

func (k *killing) checkFeed(round int, cache *storage.Cache) {
	k.t.Helper()
	feed, there, err := cache.Feed(shop17.String())
	packs, err2 := cache.Packs()
	if err != nil || err2 != nil || there != (len(packs) == 1) || !there && k.known > 0 {
		k.t.Fatalf("round %d: %v, %v; pack %d was in force, now %+v", round, err, err2, k.known, packs)
	}
	if there {
		var gen, serial int
		if _, err := fmt.Sscanf(packs[0].Version, "%d-%d", &gen, &serial); err != nil || serial != k.known && serial != k.offered {
			k.t.Fatalf("round %d: %s is in force, neither %d nor %d", round, packs[0].Version, k.known, k.offered)
		}
		k.known = serial
		if n := len(feed.Campaigns); n != ofPack && round >= 0 {
			k.t.Fatalf("round %d: %d campaigns of %d", round, n, ofPack)
		}
	}
	for _, c := range feed.Campaigns {
		cr := c.Creatives[0]
		b, err := os.ReadFile(filepath.Join(k.path("data/media"), cr.SHA256[:2], cr.SHA256))
		if sum := sha256.Sum256(b); err != nil || hex.EncodeToString(sum[:]) != cr.SHA256 || !strings.HasPrefix(c.ID, fmt.Sprintf("of-%d-", k.known)) {
			k.t.Fatalf("round %d: %s of pack %d: %v", round, c.ID, k.known, err)
		}
	}
	if k.known != k.offered {
		k.between++
	}
}

// recovers wants a pack in force, which is told by its size, once nobody kills any more,
// and nothing left over.
func (k *killing) recovers() {
	k.t.Helper()
	k.offer(k.offered+1, ofPack+1)
	plugIn(k.t, k.path("machine"), k.path("stick"))
	k.play("--ads", k.path("ads"))
	k.until("the plan is whole", func(s player.Status) bool { return s.Campaigns == 2+ofPack+1 })
	k.stop()
	k.checkPack(-1)
	if k.known != k.offered {
		k.t.Errorf("pack %d is in force, %d was offered", k.known, k.offered)
	}
	err := filepath.WalkDir(k.path("data"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && (strings.Contains(d.Name(), ".new") || strings.HasSuffix(d.Name(), ".part")) {
			k.t.Errorf("%s was left behind", path)
		}
		return err
	})
	if err != nil {
		k.t.Error(err)
	}
}
