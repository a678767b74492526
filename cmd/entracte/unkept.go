package main

import (
	"errors"
	"fmt"
	"strings"

	"entracte/player"
	"entracte/player/control"
	"entracte/storage"
	"entracte/storage/disk"
)

// unkeptNotice says that nothing can be stored in the data folder.
func unkeptNotice(data string, why error) player.Notice {
	fact, hint, _ := strings.Cut(why.Error(), "\nhint: ")
	hint = strings.TrimPrefix(hint+"; then restart the player", "; ")
	return player.Notice{Concern: unkept, Details: []string{fmt.Sprintf(
		"nothing can be stored in %s, so neither sticks nor a web server bring anything new: %s\nhint: %s", data, fact, hint)}}
}

// alone fails if a player answers on the data folder. It is asked where no cache.db can be
// locked.
func (s *show) alone() error {
	if !answers(ownSocket(s.data)) && !answers(spareSocket(s.data)) {
		return nil
	}
	return &disk.Fault{
		Fact: "another player is running on " + s.data, Kind: storage.ErrInUse,
		Hint: "`entracte status` asks it; stop it first",
	}
}

// listen opens the control socket. Where the data folder takes none it is another's
// place, and where that takes none either nobody can ask: nil.
func (s *show) listen(api control.API) (*control.Server, error) {
	if err := s.alone(); err != nil {
		return nil, err
	}
	srv, err := control.Listen(ownSocket(s.data), api)
	if err == nil {
		return srv, nil
	}
	srv, again := control.Listen(spareSocket(s.data), api)
	if again != nil {
		s.log.Error("nobody can ask this player how it is, or signal to it", "err", errors.Join(err, again))
		return nil, nil
	}
	s.log.Warn("the control socket is not in the data folder", "path", spareSocket(s.data), "err", err)
	return srv, nil
}
