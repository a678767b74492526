package board

import "golang.org/x/sys/unix"

// usageOf asks statfs(2) for what an unprivileged user may still use.
func usageOf(dir string) (usage, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return usage{}, err
	}
	block := uint64(s.Bsize)
	return usage{free: s.Bavail * block, size: s.Blocks * block, freeFiles: s.Ffree, allFiles: s.Files}, nil
}
