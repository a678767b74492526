package stage

import (
	"log/slog"
	"sync"
	"time"

	"github.com/ebitengine/oto/v3"

	"entracte/player/media"
)

// What the decoder delivers: 48 kHz, two channels, signed 16 bit.
const (
	sampleRate     = 48000
	bytesPerSample = 4
	// soundBuffer is how far ahead of the loudspeaker samples are fetched. Short,
	// so that picture and sound stay within 40 ms of each other.
	soundBuffer = 30 * time.Millisecond
)

// sound plays one film's sound at a time. It talks to oto itself: the engine's
// audio package ends the game when there is no sound card, and here that must
// cost the sound, not the show.
type sound struct {
	mu     sync.Mutex
	card   *oto.Context
	ready  chan struct{}
	failed bool
	player *oto.Player
}

// open looks for a sound card, without waiting for it.
func (s *sound) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	card, ready, err := oto.NewContext(&oto.NewContextOptions{
		SampleRate: sampleRate, ChannelCount: 2, Format: oto.FormatSignedInt16LE,
		BufferSize: soundBuffer, ApplicationName: "Entracte",
	})
	if err != nil {
		s.fail(err)
		return
	}
	s.card, s.ready = card, ready
}

func (s *sound) fail(err error) {
	s.failed = true
	slog.Warn("films are silent: no sound card answers", "err", err,
		"hint", "set screen.volume = 0 if that is meant, or see `aplay -l`")
}

// start plays the film's sound at a volume of 0 to 100; a still stops it.
func (s *sound) start(l *layer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.halt()
	v, ok := l.frame.Content.(*media.Video)
	if !ok || l.frame.Volume <= 0 || s.card == nil || s.failed {
		return
	}
	r := v.Sound()
	if r == nil {
		return
	}
	select {
	case <-s.ready:
	default:
		return
	}
	if err := s.card.Err(); err != nil {
		s.fail(err)
		return
	}
	s.player = s.card.NewPlayer(r)
	s.player.SetBufferSize(int(soundBuffer * sampleRate / time.Second * bytesPerSample))
	s.player.SetVolume(float64(l.frame.Volume) / 100)
	s.player.Play()
}

// stop silences at once.
func (s *sound) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.halt()
}

func (s *sound) halt() {
	if s.player == nil {
		return
	}
	s.player.SetVolume(0)
	s.player.PauseAndStopReading()
	s.player = nil
}
