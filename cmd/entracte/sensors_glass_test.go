package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"entracte/player"
	"entracte/player/control"
)

// post sends a request to the local API as a till would, and get asks it.
func post(t *testing.T, what, body string) {
	t.Helper()
	answered(t, http.MethodPost, what, body)
}

func answered(t *testing.T, method, what, body string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, fmt.Sprintf("http://127.0.0.1:%d/api/v1/%s", control.Port, what), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	c := http.Client{Timeout: patience}
	defer c.CloseIdleConnections()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %d %s, %v", what, resp.StatusCode, b, err)
	}
	return b
}

// A till by loopback HTTP, a pause, and what `entracte sensors` sees of it.
func TestLocalAPI(t *testing.T) {
	port, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", control.Port))
	if err != nil {
		t.Skip("another program has the port of the local API")
	}
	port.Close()
	v := newVenue(t)
	v.play()
	v.until("the port answers", func(player.Status) bool {
		conn, err := net.Dial("tcp", port.Addr().String())
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	post(t, "signal", `{"input": "mat", "on": true}`)
	v.until("somebody waits", func(s player.Status) bool { return s.State == "waiting" })
	post(t, "signal", `{"input": "till", "on": true}`)
	v.until("service", func(s player.Status) bool { return s.State == "serving" })

	out, err := exec.Command("entracte", "sensors", "--json", "--data", v.path("data")).Output()
	var seen control.Sensors
	if err != nil || json.Unmarshal(out, &seen) != nil {
		t.Fatalf("sensors: %v\n%s", err, out)
	}
	if len(seen.Inputs) != 2 || seen.State.String() != "serving" || seen.Inputs[0].Name != "till" || !strings.HasSuffix(seen.Inputs[0].Minute, "#") {
		t.Errorf("sensors sees %+v", seen)
	}
	watch := exec.Command("entracte", "sensors", "--data", v.path("data"))
	pipe, err := watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { watch.Process.Kill() })
	lines := bufio.NewScanner(pipe)
	reads := func(want string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), want) {
				return
			}
		}
		t.Fatalf("sensors ended without saying %q", want)
	}
	reads("the player is running")
	post(t, "pause", `{"minutes": 5}`)
	reads("paused by the owner")
	post(t, "signal", `{"input": "till", "on": false}`)
	reads(`"till" just said no`)
	post(t, "pause", `{"minutes": 0}`)
	reads("waiting for")
	if b := answered(t, http.MethodGet, "plays", ""); b[0] != '[' || !json.Valid(b) {
		t.Errorf("plays are %s", b)
	}
	v.stop()
	// Its player is gone, and it says so.
	for lines.Scan() {
	}
	if err := watch.Wait(); err == nil {
		t.Error("sensors goes on without its player")
	}
}
