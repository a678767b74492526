package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/playlog"
)

// A busy shop: 10,000 plays in 12 hours of show, with a sync a minute.
const (
	minutesOfShow  = 12 * 60
	playsInMinute  = 14
	sectorOnDevice = 512 // of /sys/block/*/stat, whatever the device has
	settling       = 65 * time.Second
	cardBudgetMB   = 5.0
)

// card measures what the play log has a card write, below the file system: ext4 on a
// loop device, mounted as on the image. It needs root.
//
// At the real pace the system writes a minute's block back once before it is synced,
// when it is 30 s old (vm.dirty_expire_centisecs); with a minute of plays in half a
// minute it does not, which is what a longer expiry comes to.
func (b *bench) card() ([]row, error) {
	within12 := row{what: "card writes of 10,000 plays in a day of 12 h, journal included, nothing written back between syncs", budget: "≤ 5 MB a day"}
	asIs := row{what: "the same, written back after 30 s"}
	if os.Geteuid() != 0 {
		within12.measured, within12.verdict = "a loop device needs root", absent
		return []row{within12}, nil
	}
	c, err := mountImage(filepath.Join(work, "card"), "128M")
	if err != nil {
		within12.measured, within12.verdict = err.Error(), absent
		return []row{within12}, nil
	}
	defer c.unmount()
	n := b.rounds(10, 3)
	mb, err := c.day(1700*time.Millisecond, n)
	if err != nil {
		return nil, err
	}
	within12.measured, within12.verdict = fmt.Sprintf("%.2f MB, from %d minutes", mb, n), within(mb <= cardBudgetMB)
	if mb, err = c.day(time.Minute/playsInMinute, n); err != nil {
		return []row{within12}, err
	}
	asIs.measured, asIs.verdict = fmt.Sprintf("%.2f MB, from %d minutes", mb, n), open
	return []row{within12, asIs}, nil
}

// A card is an ext4 file system on a loop device, mounted as on the image.
type card struct{ dir, image, device string }

func mountImage(dir, size string) (*card, error) {
	c := &card{dir: dir, image: dir + ".img"}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	script := fmt.Sprintf(`rm -f %[1]s && truncate -s %[2]s %[1]s &&
		mkfs.ext4 -q -F -O ^fast_commit -E lazy_itable_init=0,lazy_journal_init=0 %[1]s && losetup -f --show %[1]s`, c.image, size)
	out, err := exec.Command("sh", "-c", script).Output()
	if err != nil {
		return nil, fmt.Errorf("no loop device here: %w", err)
	}
	c.device = strings.TrimSpace(string(out))
	if out, err := exec.Command("mount", "-o", "noatime,lazytime,commit=60", c.device, dir).CombinedOutput(); err != nil {
		c.unmount()
		return nil, fmt.Errorf("no mount here: %w: %s", err, out)
	}
	return c, nil
}

func (c *card) unmount() {
	_ = exec.Command("umount", c.dir).Run()
	_ = exec.Command("losetup", "-d", c.device).Run()
	_ = os.Remove(c.image)
}

// written is how many bytes the device has been given.
func (c *card) written() (int64, error) {
	b, err := os.ReadFile(filepath.Join("/sys/block", filepath.Base(c.device), "stat"))
	if err != nil {
		return 0, err
	}
	f := strings.Fields(string(b))
	if len(f) < 7 {
		return 0, fmt.Errorf("%q is no block device statistics", b)
	}
	n, err := strconv.ParseInt(f[6], 10, 64)
	return n * sectorOnDevice, err
}

// day plays some minutes and returns the megabytes that a whole day would write.
func (c *card) day(gap time.Duration, minutes int) (float64, error) {
	l, err := playlog.Open(disk.OS, c.dir, nil)
	if err != nil {
		return 0, err
	}
	defer l.Close()
	if err := oneMinute(l, 0, 0); err != nil {
		return 0, err
	}
	time.Sleep(settling) // what made the log is none of the day's
	before, err := c.written()
	if err != nil {
		return 0, err
	}
	for m := range minutes {
		if err := oneMinute(l, m+1, gap); err != nil {
			return 0, err
		}
	}
	time.Sleep(settling)
	after, err := c.written()
	return float64(after-before) / float64(minutes) * minutesOfShow / 1e6, err
}

func oneMinute(l *playlog.Log, m int, gap time.Duration) error {
	for i := range playsInMinute {
		n := m*playsInMinute + i
		ad := n % 30
		_, err := l.Append(plan.Play{
			Boot: "0e9a4b1c-7f4e-4d55-9c3f-0123456789ab", Venue: "Bijouterie Martin", Screen: "s-1", Feed: "acme/shop-17",
			Campaign: fmt.Sprintf("campaign-of-2026-%d", ad), Creative: fmt.Sprintf("creative-%d", ad), Advertiser: fmt.Sprintf("Studio Photo Lens %d", ad),
			Category: 1021 + ad, SHA256: fmt.Sprintf("%064x", ad+1), StartedAt: time.Now(), MonoMS: int64(n) * 4300, PlannedMS: 10_000, ShownMS: 10_016,
			Outcome: plan.Completed, Counted: true, Reasons: []string{"share:1/30", "near"}, Plan: "0001-00000042", Clock: plan.ClockTrusted,
		})
		if err != nil {
			return err
		}
		time.Sleep(gap)
	}
	return l.Sync()
}
