package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A program is a process under measurement, seen through /proc alone.
type program struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{}
}

// run starts a program on a screen.
func (s *screen) run(out io.Writer, name string, args ...string) (*program, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	cmd.Stdout = out
	return launch(cmd, filepath.Base(name))
}

// launch starts a command whose words go to a file beside the results.
func launch(cmd *exec.Cmd, name string) (*program, error) {
	p := &program{cmd: cmd, log: filepath.Join(work, name+".log"), done: make(chan struct{})}
	words, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	defer words.Close()
	cmd.Stderr = words
	if cmd.Stdout == nil {
		cmd.Stdout = words
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // how it ended is in the log
		close(p.done)
	}()
	return p, nil
}

// stop asks the program to end, and insists after five seconds.
func (p *program) stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

func (p *program) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// tick is the unit of CPU times in /proc: USER_HZ, 100 on every Linux.
const tick = 10 * time.Millisecond

// A task is a line of the process table, as in proc_pid_stat(5).
type task struct {
	pid, parent int
	name        string
	// spent is its own CPU time, and that of children that ended.
	spent time.Duration
}

func readTask(pid int) (task, bool) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	open, shut := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if err != nil || open < 0 || shut < open {
		return task{}, false
	}
	f := strings.Fields(string(b[shut+1:])) // the third field is f[0]
	if len(f) < 15 {
		return task{}, false
	}
	t := task{pid: pid, name: string(b[open+1 : shut])}
	t.parent, _ = strconv.Atoi(f[1])
	for _, ticks := range f[11:15] {
		n, _ := strconv.Atoi(ticks)
		t.spent += time.Duration(n) * tick
	}
	return t, true
}

// family is the program and its descendants.
func (p *program) family() []task {
	root, ok := readTask(p.cmd.Process.Pid)
	if !ok {
		return nil
	}
	var all []task
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, n := range names {
		pid, _ := strconv.Atoi(filepath.Base(n))
		if t, ok := readTask(pid); ok {
			all = append(all, t)
		}
	}
	found := []task{root}
	for i := 0; i < len(found); i++ {
		for _, t := range all {
			if t.parent == found[i].pid {
				found = append(found, t)
			}
		}
	}
	return found
}

// cpu is the time that the program and its descendants spent.
func (p *program) cpu() (sum time.Duration) {
	if p.ended() {
		return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
	}
	for _, t := range p.family() {
		sum += t.spent
	}
	return sum
}

// pss is the proportional set size of a process in MB: shared pages count in
// part (smaps_rollup, proc(5)).
func pss(pid int) float64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "Pss:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}
