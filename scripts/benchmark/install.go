package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The pack: ten films of 30 MB. The throttle is what a stick on USB 2 delivers.
const (
	packFilms = 10
	filmSize  = 30 << 20
	throttle  = 30_000_000
)

// throttled is the control group (version 1) that reads slowly.
const throttled = "/sys/fs/cgroup/blkio/entracte-bench"

// install measures how long a pack takes beside what copies it without looking.
func (b *bench) install() ([]row, error) {
	if _, err := newShop("install", "cut"); err != nil {
		return nil, err
	}
	dir := filepath.Join(work, "install")
	stick, err := buildPack(dir)
	if err != nil {
		return nil, err
	}
	plain := row{what: "install of a 300 MB pack, probing included, from a source as quick as the disk", budget: "≤ 0.75× of cp -r && sync && sha256sum"}
	slow := row{what: "the same from a stick's 30 MB/s", budget: "≤ 1.10× of cp -r && sync"}
	rows := []row{plain, slow}
	for i := range rows {
		r := &rows[i]
		through := ""
		if i == 1 {
			slow, end, err := slowStick(dir, stick)
			if err != nil {
				r.measured, r.verdict = err.Error(), absent
				continue
			}
			defer end()
			stick, through = slow, throttled
		}
		ours, cp, checked, err := b.copiers(dir, stick, through)
		if err != nil {
			return rows[:i], err
		}
		beside, most := checked, 0.75
		if i == 1 {
			beside, most = cp, 1.10
		}
		f := ratio(ours, beside)
		r.measured = fmt.Sprintf("%.2f×: %s; load %s", f, spread(ours), load())
		r.beside = fmt.Sprintf("cp -r && sync %s\ncp -r && sync && sha256sum %s", spread(cp), spread(checked))
		r.verdict = within(f <= most)
	}
	return rows, nil
}

// slowStick puts the tree on a device of its own that is read slowly: what else the
// programs read is not the stick's.
func slowStick(dir, tree string) (stick string, end func(), err error) {
	stick = filepath.Join(dir, "slow")
	c, err := mountImage(stick, "400M")
	if err != nil {
		return "", nil, err
	}
	// Mounted anew, none of it is in memory.
	script := fmt.Sprintf("cp -r %[2]s/. %[1]s && umount %[1]s && mount -o ro %[3]s %[1]s", stick, tree, c.device)
	if out, err := exec.Command("sh", "-c", script).CombinedOutput(); err != nil {
		c.unmount()
		return "", nil, fmt.Errorf("%w: %s", err, out)
	}
	if err := slowDown(stick); err != nil {
		c.unmount()
		return "", nil, err
	}
	return stick, c.unmount, nil
}

// copiers runs the install and its peers in turns, each with a source that nobody has
// read since.
func (b *bench) copiers(dir, stick, through string) (ours, cp, checked []time.Duration, err error) {
	data, to := filepath.Join(dir, "data"), filepath.Join(dir, "copy")
	install := fmt.Sprintf("%s install %s --config %s --data %s", player, stick, filepath.Join(dir, "entracte.toml"), data)
	plain := fmt.Sprintf("cp -r %s %s && sync -f %s", stick, to, to)
	check := plain + fmt.Sprintf(" && cd %s/ENTRACTE/blobs && sha256sum --quiet -c ../feeds/bench/*.sums", to)
	for range b.rounds(5, 2) {
		for _, c := range []struct {
			line string
			took *[]time.Duration
		}{{install, &ours}, {plain, &cp}, {check, &checked}} {
			for _, old := range []string{data, to} {
				if err := os.RemoveAll(old); err != nil {
					return nil, nil, nil, err
				}
			}
			if err := forgetCached(stick); err != nil {
				return nil, nil, nil, err
			}
			line := c.line
			if through != "" {
				line = "echo $$ >" + through + "/cgroup.procs && " + line
			}
			begun := time.Now()
			if out, err := exec.Command("sh", "-c", line).CombinedOutput(); err != nil {
				return nil, nil, nil, fmt.Errorf("%s: %w: %s", line, err, out)
			}
			*c.took = append(*c.took, time.Since(begun))
		}
	}
	return ours, cp, checked, nil
}

// buildPack makes the pack, and a config that takes it.
func buildPack(dir string) (stick string, err error) {
	film, err := film("install.mp4", hd, false)
	if err != nil {
		return "", err
	}
	whole, err := os.ReadFile(film)
	if err != nil {
		return "", err
	}
	var list strings.Builder
	for i := range packFilms {
		// A box that players skip makes each a film of its own, and as large as one
		// of a minute.
		padding := make([]byte, filmSize-len(whole))
		if _, err := rand.Read(padding); err != nil {
			return "", err
		}
		binary.BigEndian.PutUint32(padding, uint32(len(padding)))
		copy(padding[4:], "free")
		name := fmt.Sprintf("film%d.mp4", i)
		if err := os.WriteFile(filepath.Join(dir, "ads", name), append(append([]byte(nil), whole...), padding...), 0o644); err != nil {
			return "", err
		}
		fmt.Fprintf(&list, "[[campaign]]\nid = \"c%d\"\nadvertiser = \"A%d\"\ncategory = 1021\n[[campaign.creative]]\nid = \"a%d\"\nfile = %q\n", i, i, i, name)
	}
	if err := os.WriteFile(filepath.Join(dir, "ads", "ads.toml"), []byte(list.String()), 0o644); err != nil {
		return "", err
	}
	key, stick := filepath.Join(dir, "key"), filepath.Join(dir, "stick")
	if err := os.MkdirAll(stick, 0o755); err != nil {
		return "", err
	}
	for _, line := range [][]string{
		{"keygen", "--out", key},
		{"pack", "build", "--ads", filepath.Join(dir, "ads"), "--key", key + ".key", "--org", "acme", "--feed", "bench", "--out", stick, "--pi", "5"},
	} {
		if out, err := exec.Command(player, line...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", line, err, out)
		}
	}
	public, err := os.ReadFile(key + ".pub")
	if err != nil {
		return "", err
	}
	lines := strings.Fields(string(public))
	config, err := os.OpenFile(filepath.Join(dir, "entracte.toml"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	defer config.Close()
	_, err = fmt.Fprintf(config, "[content]\nfeeds = [\"acme/bench\"]\ntrust = [%q]\n", lines[len(lines)-1])
	return stick, err
}
