package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A check that hangs is named and left behind; the others are told in order.
func TestDoctorNeverHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		says := func(what string, after time.Duration) check {
			return check{what, func(context.Context) []finding {
				time.Sleep(after)
				return []finding{{What: what, State: fine}}
			}}
		}
		begin := time.Now()
		list := ask(t.Context(), []check{
			says("slow", time.Second),
			{"card", func(context.Context) []finding { <-release; return nil }},
			{"broker", func(ctx context.Context) []finding {
				<-ctx.Done()
				return []finding{{What: "broker", State: attention, Fact: "too late"}}
			}},
			says("quick", 0),
			{"player", func(context.Context) []finding { <-release; return nil }},
		})
		if took := time.Since(begin); took > 3*time.Second {
			t.Errorf("it took %v", took)
		}
		var got []string
		for _, f := range list {
			got = append(got, f.What+" "+f.State+" "+f.Fact)
			if f.State == attention && f.What != "broker" && f.Hint == "" {
				t.Errorf("no next step: %+v", f)
			}
		}
		want := []string{"slow fine ", "card attention did not answer within 2.4s", "broker attention too late", "quick fine ", "player attention did not answer within 2.4s"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		close(release)
		synctest.Wait()
	})
}

func TestJudgeUnit(t *testing.T) {
	t.Parallel()
	const good = "Type=notify\nWatchdogUSec=20s\nNRestarts=0\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n"
	for _, tt := range []struct{ text, state, fact string }{
		{good, fine, "entracte.service is active, its watchdog waits 20s"},
		{strings.Replace(good, "=20s", "=1min 30s", 1), fine, "1m30s"},
		{strings.Replace(good, "=20s", "=0", 1), attention, "no watchdog"},
		{strings.Replace(good, "=20s", "=infinity", 1), attention, "no watchdog"},
		{strings.Replace(good, "=20s", "=5s", 1), attention, "rests almost as long"},
		{strings.Replace(good, "=notify", "=simple", 1), attention, "no watchdog"},
		{strings.Replace(good, "=0\n", "=4\n", 1), attention, "restarts since boot: 4"},
		{strings.Replace(good, "=active", "=failed", 1), bad, "has failed"},
		{strings.Replace(good, "=enabled", "=disabled", 1), attention, "does not start at boot"},
		{strings.Replace(good, "=loaded", "=masked", 1), attention, "masked"},
		{strings.Replace(good, "=loaded", "=not-found", 1), attention, "there is no entracte.service"},
		{"", attention, "there is no entracte.service"},
	} {
		f := judgeUnit(tt.text)
		if f.State != tt.state || !strings.Contains(f.Fact, tt.fact) || (f.State == fine) != (f.Hint == "") {
			t.Errorf("%q: %+v", tt.text, f)
		}
	}
}

func TestDoctorOfFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if f := adsFolder(filepath.Join(dir, "none")); f.State != attention || f.Hint == "" {
		t.Errorf("no folder: %+v", f)
	}
	if f := adsFolder(dir); f.State != attention || f.Hint == "" {
		t.Errorf("an empty folder: %+v", f)
	}
	if err := os.WriteFile(filepath.Join(dir, "ads.toml"), []byte("[[campaign]]\nid = \"a\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if f := adsFolder(dir); f.State != attention || f.Fact == "" {
		t.Errorf("a broken one: %+v", f)
	}
	if f := running(t.Context(), dir); f.State != fine || !strings.Contains(f.Fact, "none is running") {
		t.Errorf("no player: %+v", f)
	}
}
