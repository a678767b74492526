// Command benchmark measures the player against its budgets and prints them as a
// table; scripts/bench builds what it needs and runs it.
//
// Everything is measured from outside: the player is the shipped binary on a
// virtual screen, its pixels are read from the screen's own framebuffer, its CPU
// time and memory from /proc, and a till presses through the control socket.
// Peers run on the same screen, in turns with the player, so that a busy machine
// slows both.
//
// CPU times are those of the program, its decoder and the X server together:
// programs share that work out differently.
package main

import (
	"flag"
	"fmt"
	"image"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// Where scripts/bench builds the programs, and where they leave their traces.
const (
	work   = "out/bench"
	player = "out/entracte"
	result = "out/bench.txt"
)

// The two glasses: what shops hang, and what software GL draws in time.
var (
	hd         = image.Pt(1920, 1080)
	smallGlass = image.Pt(640, 360)
)

// A bench is one run of the table.
type bench struct {
	quick, peers bool
	out          io.Writer
}

// rounds is n, or few when in a hurry.
func (b *bench) rounds(n, few int) int {
	if b.quick {
		return few
	}
	return n
}

// A verdict is what a row comes to.
type verdict string

const (
	ok   verdict = "ok"
	over verdict = "OVER"
	// open is a figure without a budget, for information.
	open   verdict = "info"
	absent verdict = "not measured here"
)

func within(good bool) verdict {
	if good {
		return ok
	}
	return over
}

// A row is a line of the table: a budget, and what was measured.
type row struct {
	what, budget     string
	measured, beside string
	verdict          verdict
}

// A stretch measures the rows that share their preparation. name is the word
// that chooses it on the command line.
type stretch struct {
	name    string
	measure func(*bench) ([]row, error)
}

var stretches = []stretch{
	{"pick", (*bench).pick},
	{"build", (*bench).build},
	{"year", (*bench).year},
	{"start", (*bench).start},
	{"still", (*bench).still},
	{"fade", (*bench).fade},
	{"film", (*bench).film},
	{"gap", (*bench).gap},
	{"memory", (*bench).memory},
	{"signal", (*bench).signal},
	{"install", (*bench).install},
	{"card", (*bench).card},
	{"later", (*bench).later},
}

func main() {
	log.SetFlags(0)
	quick := flag.Bool("quick", false, "fewer rounds")
	peers := flag.Bool("peers", false, "measure Chromium too")
	flag.Parse()
	f, err := os.Create(result)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	b := &bench{quick: *quick, peers: *peers, out: io.MultiWriter(os.Stdout, f)}
	b.head()
	bad := false
	for _, s := range stretches {
		if !chosen(s.name, flag.Args()) {
			continue
		}
		rows, err := s.measure(b)
		for _, r := range rows {
			b.print(r)
			bad = bad || r.verdict == over
		}
		if err != nil {
			fmt.Fprintf(b.out, "\n[FAILED] %s: %v\n", s.name, err)
			bad = true
		}
	}
	fmt.Fprintf(b.out, "\nload average at the end: %s\n", load())
	if bad {
		f.Close()
		os.Exit(1)
	}
}

func chosen(name string, names []string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return len(names) == 0
}

// head says what was measured where.
func (b *bench) head() {
	version, _ := exec.Command(player, "version").Output()
	commit, _ := exec.Command("git", "describe", "--always", "--dirty").Output()
	cpu, _ := os.ReadFile("/proc/cpuinfo")
	model := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(cpu)
	name := "unknown processor"
	if model != nil {
		name = string(model[1])
	}
	mode := "full"
	if b.quick {
		mode = "quick: fewer rounds, rougher figures"
	}
	fmt.Fprintf(b.out, "Entracte against its budgets (%s)\n%s, commit %s\n%s%d × %s, %s/%s, software GL on Xvfb\nload average at the start: %s\n",
		mode, time.Now().Format("2006-01-02 15:04"), strings.TrimSpace(string(commit)), version, runtime.NumCPU(), name, runtime.GOOS, runtime.GOARCH, load())
}

func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if f := strings.Fields(string(b)); err == nil && len(f) > 2 {
		return strings.Join(f[:3], " ")
	}
	return "unknown"
}

func (b *bench) print(r row) {
	fmt.Fprintf(b.out, "\n[%s] %s\n", r.verdict, r.what)
	for _, l := range [][2]string{{"measured", r.measured}, {"budget", r.budget}, {"beside", r.beside}} {
		if l[1] != "" {
			fmt.Fprintf(b.out, "    %-9s %s\n", l[0], strings.ReplaceAll(l[1], "\n", "\n"+strings.Repeat(" ", 14)))
		}
	}
}

// onScreen runs a measurement on a screen of its own.
func onScreen(size image.Point, measure func(*screen) error) error {
	s, err := newScreen(filepath.Join(work, "screen"), size)
	if err != nil {
		return err
	}
	defer s.close()
	return measure(s)
}
