package board

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// A Supervisor is the service manager that started this process and wants to be
// told how it is: systemd, by the protocol of sd_notify(3). Its methods must not
// be called at the same time.
type Supervisor struct {
	conn *net.UnixConn
	// Watchdog is how long it waits for a sign of life before it restarts the
	// player (WatchdogSec=); 0 if it does not.
	Watchdog time.Duration
}

// ShortestWatchdog is the shortest WatchdogSec= that a player at rest keeps: an
// idle screen comes round every 5 s.
const ShortestWatchdog = 10 * time.Second

// FindSupervisor connects to the manager that the environment names, and returns
// nil if it names none. The variables are taken out of the environment, so that
// programs that the player starts do not speak in its name.
func FindSupervisor() (*Supervisor, error) {
	s, err := supervisor(os.Getenv, os.Getpid())
	for _, name := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
		os.Unsetenv(name)
	}
	return s, err
}

func supervisor(getenv func(string) string, pid int) (*Supervisor, error) {
	name := getenv("NOTIFY_SOCKET")
	if name == "" {
		return nil, nil
	}
	if !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "@") {
		return nil, fmt.Errorf("NOTIFY_SOCKET is %q, which is no unix socket\nhint: it is systemd that sets it; do not set it by hand", name)
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("the service manager cannot be told anything: %w\nhint: the unit needs NotifyAccess=main", err)
	}
	s := &Supervisor{conn: conn}
	if id := getenv("WATCHDOG_PID"); id == "" || id == strconv.Itoa(pid) {
		if us, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64); err == nil && us > 0 && us < int64(24*time.Hour/time.Microsecond) {
			s.Watchdog = time.Duration(us) * time.Microsecond
		}
	}
	return s, nil
}

// Close ends the conversation.
func (s *Supervisor) Close() error { return s.conn.Close() }

// tell sends one message of assignments. It does not wait: a manager that is not
// listening must not stop the player.
func (s *Supervisor) tell(assignments ...string) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		return err
	}
	_, err := s.conn.Write([]byte(strings.Join(assignments, "\n")))
	return err
}

// Attend tells the manager that the player is ready once every loop came round,
// then feeds its watchdog as [Pulse] decides, and says that the player is stopping
// when ctx ends. status is a sentence for `systemctl status`; it is kept by the
// journal, and so must tell nothing about people.
func (s *Supervisor) Attend(ctx context.Context, loops []Loop, status func() string, log *slog.Logger) {
	pulse := NewPulse(s.Watchdog/2, loops, time.Now())
	look := time.NewTicker(pulse.Every())
	defer look.Stop()
	said, told, ready := "", "", false
	for {
		select {
		case <-ctx.Done():
			s.say(log, "STOPPING=1")
			return
		case now := <-look.C:
			beat := pulse.Look(now)
			if beat.Stalled != "" && beat.Stalled != told {
				log.Error("a loop stands still; without it the player is restarted by its watchdog", "loop", beat.Stalled)
			}
			told = beat.Stalled
			var words []string
			if beat.Ready {
				words = append(words, "READY=1")
			}
			if beat.Feed && s.Watchdog > 0 {
				words = append(words, "WATCHDOG=1")
			}
			ready = ready || beat.Ready
			is := "starting"
			if ready {
				is = status()
			}
			if beat.Stalled != "" {
				is = "stands still: " + beat.Stalled
			}
			if is != said {
				words, said = append(words, "STATUS="+strings.ReplaceAll(is, "\n", " ")), is
			}
			if words != nil {
				s.say(log, words...)
			}
		}
	}
}

func (s *Supervisor) say(log *slog.Logger, words ...string) {
	if err := s.tell(words...); err != nil {
		log.Warn("the service manager does not listen", "err", err)
	}
}
