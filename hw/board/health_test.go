package board

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// tree is a machine of files, and a data folder of which mountinfo says that it
// is on the fourth partition of a card.
func tree(t *testing.T, files map[string]string) *Machine {
	t.Helper()
	root, data := t.TempDir(), t.TempDir()
	if real, err := filepath.EvalSymlinks(data); err == nil {
		data = real
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.NewReplacer("DATA", data, "STUB", data[:len(data)-1]).Replace(text)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, card)); err == nil {
		link := filepath.Join(root, "sys/dev/block/179:4")
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("../../../"+card+"/mmcblk0p4", link); err != nil {
			t.Skip("this system makes no symbolic links")
		}
	}
	return &Machine{Root: root, Data: data, usage: func(string) (usage, error) { return usage{10 << 30, 30 << 30, 900, 1000}, nil }}
}

const card = "sys/devices/platform/soc/mmc0/block/mmcblk0"

const mounts = "22 1 179:2 / / ro - squashfs /dev/root ro\n30 22 179:4 / DATA rw,noatime - ext4 /dev/mmcblk0p4 rw,errors=remount-ro\n"

func emmc(life, spare string) map[string]string {
	return map[string]string{
		"proc/self/mountinfo": mounts, card + "/stat": " 10 0 20 0 30 0 4096 0 0 0 0\n", card + "/mmcblk0p4/partition": "4\n",
		card + "/device/type": "MMC\n", card + "/device/name": "BJTD4R\n", card + "/device/date": "08/2023\n", card + "/device/serial": "0xdeadbeef\n",
		card + "/device/life_time": life, card + "/device/pre_eol_info": spare,
	}
}

func TestReadings(t *testing.T) {
	t.Parallel()
	volt := func(alarm string) map[string]string {
		return map[string]string{
			"sys/class/hwmon/hwmon0/name": "cpu_thermal\n", "sys/class/hwmon/hwmon1/name": "rpi_volt\n", "sys/class/hwmon/hwmon1/in0_lcrit_alarm": alarm,
		}
	}
	word := func(w string) map[string]string {
		return map[string]string{"sys/devices/platform/soc/soc:firmware/get_throttled": w}
	}
	heat := func(a, b string) map[string]string {
		return map[string]string{"sys/class/thermal/thermal_zone0/temp": a, "sys/class/thermal/thermal_zone1/temp": b}
	}
	mem := func(free, psi string) map[string]string {
		return map[string]string{"proc/meminfo": "MemTotal: 1000000 kB\nMemFree: 1 kB\nMemAvailable:  " + free + " kB\n", "proc/pressure/memory": psi}
	}
	disk := func(mountinfo, errors string) map[string]string {
		return map[string]string{"proc/self/mountinfo": mountinfo, "sys/fs/ext4/mmcblk0p4/errors_count": errors, card + "/mmcblk0p4/partition": "4"}
	}
	for _, tt := range []struct {
		name  string
		files map[string]string
		what  string
		level Level
		says  string // in the English sentence; "" is no reading
	}{
		{"a model with its NUL", map[string]string{"proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\x00"}, "board", Fine, "Pi 5 Model B Rev 1.0"},
		{"no model", nil, "board", Fine, ""},

		{"good voltage", volt("0\n"), "power", Fine, "good"},
		{"low voltage", volt("1\n"), "power", Bad, "too low"},
		{"no sensor of voltage", nil, "power", Fine, ""},
		{"an unreadable one", volt("?"), "power", Fine, ""},
		{"the firmware says low", word("50005\n"), "power", Bad, "too low"},
		{"it was low", word("10000\n"), "power", Bad, "too low"},

		{"full speed", word("0\n"), "throttling", Fine, "full speed"},
		{"too hot", word("80008\n"), "throttling", Attention, "too hot"},
		{"too little", word("50005\n"), "throttling", Attention, "voltage"},
		{"it is over", word("f0000\n"), "throttling", Fine, "full speed"},
		{"no hexadecimal", word("zz\n"), "throttling", Fine, ""},

		{"cool", heat("48312\n", "47000\n"), "temperature", Fine, "48 °C"},
		{"the hotter counts", heat("48312\n", "81000\n"), "temperature", Attention, "81 °C: the machine begins"},
		{"hot", heat("85000\n", ""), "temperature", Bad, "85 °C"},
		{"a broken zone", heat("-274000\n", "255000\n"), "temperature", Fine, ""},

		{"enough memory", mem("600000", ""), "memory", Fine, "585 MB available of 976"},
		{"little memory", mem("90000", ""), "memory", Attention, "short"},
		{"none", mem("10000", ""), "memory", Bad, "short"},
		{"everything waits for it", mem("600000", "some avg10=9.00 avg60=9.00 avg300=1.0 total=1\nfull avg10=40.0 avg60=31.50 avg300=1.0 total=5\n"), "memory", Bad, "short"},
		{"some waits for it", mem("600000", "some avg10=99.00 avg60=99.00 avg300=1.0 total=1\nfull avg10=0.0 avg60=0.10 avg300=1.0 total=5\n"), "memory", Fine, "available"},
		{"no meminfo", map[string]string{"proc/meminfo": "MemTotal:\n"}, "memory", Fine, ""},

		{"a sound filesystem", disk(mounts, "0\n"), "filesystem", Fine, "ext4, no errors"},
		{"errors", disk(mounts, "3\n"), "filesystem", Attention, "errors (3)"},
		{"remounted", disk(strings.Replace(mounts, "p4 rw", "p4 ro", 1), "1\n"), "filesystem", Bad, "cannot be written"},
		{"newer kernels", disk(strings.Replace(mounts, "p4 rw", "p4 rw,emergency_ro", 1), "1\n"), "filesystem", Bad, "cannot be written"},
		{"mounted read-only", disk(strings.Replace(mounts, "rw,noatime", "ro", 1), "0\n"), "filesystem", Bad, "cannot be written"},
		{"in memory", disk("30 22 0:40 / DATA rw - tmpfs tmpfs rw\n", "0"), "filesystem", Attention, "in memory"},
		{"only the root", disk("22 1 0:2 / / rw - overlay overlay rw\n31 22 0:9 / DATAx ro - ext4 x ro\n32 22 0:9 / STUB ro - ext4 x ro\n", "0"), "filesystem", Attention, "in memory"},
		{"nonsense", disk("a b - c\n - \n", "0"), "filesystem", Fine, ""},

		{"a young eMMC", emmc("0x01 0x02\n", "0x01\n"), "card", Fine, "MMC BJTD4R 08/2023, worn by 20 % at most"},
		{"an old one", emmc("0x09 0x02\n", "0x01\n"), "card", Attention, "90 %"},
		{"a finished one", emmc("0x0B 0x0B\n", "0x01\n"), "card", Bad, "100 %"},
		{"one without spare blocks", emmc("0x01 0x01\n", "0x03\n"), "card", Bad, "10 %"},
		{"one that does not tell", emmc("0x00 0x00\n", "0x00\n"), "card", Fine, "BJTD4R 08/2023"},
	} {
		m := tree(t, tt.files)
		var got *Health
		for _, h := range m.Read() {
			if h.What == tt.what {
				got = &h
			}
		}
		switch {
		case got == nil && tt.says != "":
			t.Errorf("%s: no reading", tt.name)
		case got == nil:
		case tt.says == "":
			t.Errorf("%s: %+v, want no reading", tt.name, *got)
		case got.Level != tt.level || !strings.Contains(got.English.String(), tt.says):
			t.Errorf("%s: %v %q, want %v %q", tt.name, got.Level, got.English, tt.level, tt.says)
		case got.French.Fact == "" || got.Level != Fine && (got.French.Hint == "" || got.English.Hint == ""):
			t.Errorf("%s: a sentence is missing: %+v", tt.name, *got)
		}
		if got != nil && strings.Contains(got.English.String()+got.French.String(), "deadbeef") {
			t.Errorf("%s: the serial number of the card is nobody's business", tt.name)
		}
	}
}

func TestRoom(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		u            usage
		space, files Level
	}{
		{usage{10 << 30, 30 << 30, 900, 1000}, Fine, Fine},
		{usage{499 << 20, 30 << 30, 40, 1000}, Attention, Attention},
		{usage{99 << 20, 30 << 30, 9, 1000}, Bad, Bad},
		{usage{0, 0, 0, 0}, Bad, Fine},
	} {
		m := tree(t, nil)
		m.usage = func(string) (usage, error) { return tt.u, nil }
		got := map[string]Level{}
		for _, h := range m.Read() {
			got[h.What] = h.Level
		}
		if _, counted := got["files"]; got["space"] != tt.space || got["files"] != tt.files || counted != (tt.u.allFiles > 0) {
			t.Errorf("%+v: %v", tt.u, got)
		}
	}
}

// A dip between two readings is not forgotten, for a day.
func TestWatchRemembersDips(t *testing.T) {
	t.Parallel()
	m := tree(t, map[string]string{"sys/class/hwmon/hwmon0/name": "rpi_volt", "sys/class/hwmon/hwmon0/in0_lcrit_alarm": "0"})
	alarm := func(s string) {
		if err := os.WriteFile(filepath.Join(m.Root, "sys/class/hwmon/hwmon0/in0_lcrit_alarm"), []byte(s), 0o644); err != nil {
			t.Error(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		told := make(chan Health, 10)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			m.Watch(ctx, func(all []Health) {
				for _, h := range all {
					if h.What == "power" {
						told <- h
					}
				}
			})
		}()
		time.Sleep(21 * time.Second)
		alarm("1")
		time.Sleep(2 * time.Second)
		alarm("0")
		time.Sleep(40 * time.Second)
		cancel()
		<-ended
		if len(told) != 2 {
			t.Fatalf("%d readings in a minute", len(told))
		}
		if h := <-told; h.Level != Fine {
			t.Errorf("before the dip: %+v", h)
		}
		if h := <-told; h.Level != Attention || !strings.Contains(h.English.Fact, "times: 1") || h.Figures[0].Value != 1 {
			t.Errorf("after the dip: %+v", h)
		}
		if h, _ := m.power(time.Now().Add(dipFor)); h.Level != Fine {
			t.Errorf("a day later: %+v", h)
		}
	})
}

// The machine that runs the test has something to say, and all of it is whole.
func TestThisMachine(t *testing.T) {
	t.Parallel()
	m := Machine{Data: t.TempDir()}
	for _, h := range m.Read() {
		if h.What == "" || h.English.Fact == "" || h.French.Fact == "" || h.In("fr") != h.French || h.In("en") != h.English {
			t.Errorf("%+v", h)
		}
	}
}

func FuzzParseMount(f *testing.F) {
	for line := range strings.Lines(mounts) {
		f.Add(line)
	}
	f.Add("36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw,errors=continue")
	f.Fuzz(func(t *testing.T, line string) {
		if at, ok := parseMount(line); ok && (at.kind == "" || len(at.options) < 2) {
			t.Errorf("%q is %+v", line, at)
		}
	})
}
