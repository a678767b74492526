package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"

	"entracte/storage"
)

// deviceID is the screen's id: what the config says, else one derived from the
// machine's, else a random one; it is kept in the cache so that it outlives a
// new card image. An error says that it is not: then it is good until the next start.
// It identifies a screen, never a person.
func deviceID(configured string, cache *storage.Cache) (string, error) {
	const key = "device-id"
	if configured != "" {
		return configured, nil
	}
	var id string
	ok, unread := cache.Get(key, &id)
	if ok {
		return id, nil
	}
	seed, err := os.ReadFile("/etc/machine-id")
	if err != nil || len(strings.TrimSpace(string(seed))) == 0 {
		seed = make([]byte, 16)
		rand.Read(seed)
	}
	// The machine id itself must not leave the machine: machine-id(5).
	sum := sha256.Sum256(append([]byte("entracte device "), seed...))
	id = hex.EncodeToString(sum[:5])
	if unread != nil {
		return id, unread
	}
	return id, cache.Put(key, id)
}

// bootID identifies this start of the machine; where the system has none, this
// start of the player.
func bootID() string {
	if b, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		return strings.TrimSpace(string(b))
	}
	b := make([]byte, 8)
	rand.Read(b)
	return hex.EncodeToString(b)
}
