package board

import (
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const (
	megabyte  = 1 << 20
	spaceLow  = 500 * megabyte
	spaceOut  = 100 * megabyte
	filesLow  = 5 // per cent of the inodes
	filesOut  = 1
	sectorLen = 512 // of /sys/block/*/stat, whatever the disk's own
)

// storage is all about the data folder: room, filesystem and card.
func (m *Machine) storage() []Health {
	if m.Data == "" {
		return nil
	}
	var all []Health
	ask := m.usage
	if ask == nil {
		ask = usageOf
	}
	if u, err := ask(m.Data); err == nil {
		all = append(all, space(u))
		if u.allFiles > 0 {
			all = append(all, files(u))
		}
	}
	at, ok := m.mounted(m.Data)
	if !ok {
		return all
	}
	device := m.device(at.number)
	all = append(all, m.filesystem(at, device))
	if card, ok := m.card(device); ok {
		all = append(all, card)
	}
	return all
}

func space(u usage) Health {
	h := Health{What: "space", Figures: []Figure{{"entracte_data_free_bytes", float64(u.free)}, {"entracte_data_size_bytes", float64(u.size)}},
		French:  Sentence{Fact: fmt.Sprintf("%d Mo sont libres dans le dossier de données", u.free/megabyte)},
		English: Sentence{Fact: fmt.Sprintf("%d MB are free in the data folder", u.free/megabyte)}}
	const remedyFR, remedyEN = "supprimez-y de vieux fichiers, ou prenez une carte plus grande", "remove old files from it, or take a larger card"
	switch {
	case u.free < spaceOut:
		h.Level = Bad
		h.French = Sentence{h.French.Fact + " : rien de neuf ne peut être installé", remedyFR}
		h.English = Sentence{h.English.Fact + ": nothing new can be installed", remedyEN}
	case u.free < spaceLow:
		h.Level = Attention
		h.French.Hint, h.English.Hint = remedyFR, remedyEN
	}
	return h
}

func files(u usage) Health {
	percent := u.freeFiles * 100 / u.allFiles
	h := Health{What: "files", Figures: []Figure{{"entracte_data_free_files", float64(u.freeFiles)}},
		French:  Sentence{Fact: fmt.Sprintf("le dossier de données peut recevoir %d fichiers de plus", u.freeFiles)},
		English: Sentence{Fact: fmt.Sprintf("the data folder has room for %d more files", u.freeFiles)}}
	switch {
	case percent < filesOut:
		h.Level = Bad
	case percent < filesLow:
		h.Level = Attention
	default:
		return h
	}
	h.French.Hint, h.English.Hint = "supprimez-y de vieux fichiers, même petits", "remove old files from it, small ones too"
	return h
}

// A mount is where a folder's filesystem comes from.
type mount struct {
	number  string // "179:4"
	point   string
	kind    string // "ext4"
	options []string
}

// mounted finds the mount that holds a folder, in /proc/self/mountinfo
// (proc_pid_mountinfo(5)). Of two on the same place the later one counts.
func (m *Machine) mounted(dir string) (mount, bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return mount{}, false
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	text, _ := m.text("/proc/self/mountinfo")
	var best mount
	for line := range strings.Lines(text) {
		at, ok := parseMount(line)
		within := at.point == "/" || dir == at.point || strings.HasPrefix(dir, at.point+"/")
		if ok && within && len(at.point) >= len(best.point) {
			best = at
		}
	}
	return best, best.point != ""
}

var mountEscapes = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

func parseMount(line string) (mount, bool) {
	left, right, ok := strings.Cut(line, " - ")
	l, r := strings.Fields(left), strings.Fields(right)
	if !ok || len(l) < 6 || len(r) < 3 {
		return mount{}, false
	}
	return mount{
		number: l[2], point: mountEscapes.Replace(l[4]), kind: r[0],
		options: append(strings.Split(l[5], ","), strings.Split(r[2], ",")...),
	}, true
}

// device is the folder of a block device in /sys; empty if it has none, as what
// lives in memory or comes over the network.
func (m *Machine) device(number string) string {
	real, err := filepath.EvalSymlinks(m.path("/sys/dev/block/" + number))
	if err != nil {
		return ""
	}
	root, err := filepath.EvalSymlinks(m.path("/"))
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(root, real)
	if err != nil {
		return ""
	}
	return "/" + filepath.ToSlash(rel)
}

// filesystem is whether it can be written and what errors it has counted. ext4
// turns read-only on an error where it is mounted to; kernels from 6.15 on then
// say emergency_ro instead of ro.
func (m *Machine) filesystem(at mount, device string) Health {
	h := Health{What: "filesystem",
		French:  Sentence{Fact: fmt.Sprintf("%s, sans erreur connue", at.kind)},
		English: Sentence{Fact: fmt.Sprintf("%s, no errors known", at.kind)}}
	errors := int64(0)
	if at.kind == "ext4" && device != "" {
		errors, _ = m.number("/sys/fs/ext4/" + path.Base(device) + "/errors_count")
	}
	readOnly := slices.ContainsFunc(at.options, func(o string) bool { return o == "ro" || o == "emergency_ro" || o == "shutdown" })
	h.Figures = []Figure{{"entracte_data_filesystem_errors", float64(errors)}, {"entracte_data_read_only", 0}}
	switch {
	case readOnly:
		h.Level, h.Figures[1].Value = Bad, 1
		h.French = Sentence{"le dossier de données ne peut plus être écrit : rien n'est enregistré", "redémarrez ; si cela revient, remplacez la carte"}
		h.English = Sentence{"the data folder cannot be written any more: nothing is recorded", "restart; if it comes back, replace the card"}
	case errors > 0:
		h.Level = Attention
		h.French = Sentence{fmt.Sprintf("le système de fichiers a compté des erreurs (%d) depuis sa dernière réparation", errors), "remplacez la carte bientôt ; une coupure de courant peut aussi en être la cause"}
		h.English = Sentence{fmt.Sprintf("the filesystem has counted errors (%d) since its last repair", errors), "replace the card soon; a power cut may be the cause as well"}
	case at.kind == "tmpfs" || at.kind == "overlay":
		h.Level = Attention
		h.French = Sentence{"le dossier de données est en mémoire : tout est perdu à l'arrêt", "nommez-en un sur la carte avec --data"}
		h.English = Sentence{"the data folder is in memory: all of it is lost when the machine stops", "name one on the card with --data"}
	}
	return h
}

// eMMC tells its wear in tenths of its life, 1 to 11, for two kinds of cells, and
// how much of its spare blocks is used: 2 is 80 %, 3 is 90 % (JEDEC JESD84-B51,
// EXT_CSD 267 to 269). SD cards have no such register.
const (
	wearMost  = 0x0B // its planned life is over
	wearLate  = 0x09
	spareLow  = 2
	spareGone = 3
)

// card is the card or disk below a partition, or below a whole disk.
func (m *Machine) card(device string) (Health, bool) {
	if device == "" {
		return Health{}, false
	}
	if _, partition := m.number(device + "/partition"); partition {
		device = path.Dir(device)
	}
	h := Health{What: "card"}
	if stat, ok := m.text(device + "/stat"); ok {
		if f := strings.Fields(stat); len(f) > 6 {
			var sectors uint64
			if _, err := fmt.Sscan(f[6], &sectors); err == nil {
				h.Figures = append(h.Figures, Figure{"entracte_card_written_bytes_total", float64(sectors) * sectorLen})
			}
		}
	}
	kind, ok := m.text(device + "/device/type") // "SD" or "MMC"; a number on a SCSI disk
	if !ok || kind != "SD" && kind != "MMC" {
		h.French, h.English = Sentence{Fact: path.Base(device)}, Sentence{Fact: path.Base(device)}
		return h, true
	}
	// Not the serial number: nobody needs to know which one it is.
	name, _ := m.text(device + "/device/name")
	date, _ := m.text(device + "/device/date")
	fact := strings.TrimSpace(fmt.Sprintf("%s %s %s", kind, name, date))
	h.French, h.English = Sentence{Fact: fact}, Sentence{Fact: fact}
	m.wear(device, &h)
	return h, true
}

// wear adds what an eMMC knows about its age.
func (m *Machine) wear(device string, h *Health) {
	text, ok := m.text(device + "/device/life_time")
	if !ok {
		return
	}
	var a, b int64
	if n, _ := fmt.Sscanf(text, "%v %v", &a, &b); n != 2 || max(a, b) < 1 || max(a, b) > wearMost {
		return
	}
	tenths := max(a, b)
	spare, _ := m.number(device + "/device/pre_eol_info")
	h.Figures = append(h.Figures, Figure{"entracte_card_wear_ratio", float64(tenths) / 10})
	h.French.Fact += fmt.Sprintf(", usée à %d %% au plus", min(tenths*10, 100))
	h.English.Fact += fmt.Sprintf(", worn by %d %% at most", min(tenths*10, 100))
	switch {
	case tenths >= wearMost || spare >= spareGone:
		h.Level = Bad
		h.French.Hint, h.English.Hint = "sa vie prévue est finie : remplacez-la maintenant", "its planned life is over: replace it now"
	case tenths >= wearLate || spare >= spareLow:
		h.Level = Attention
		h.French.Hint, h.English.Hint = "prévoyez de la remplacer cette année", "plan to replace it this year"
	}
}
