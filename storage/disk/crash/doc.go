// Package crash is a model of a card that loses power: a disk in memory that
// remembers what was done to it, the states that a power cut may leave of that,
// and a search for one that a program cannot live with.
//
// # What it promises
//
// The model is as weak as POSIX, weaker than any file system in use:
//
//   - Bytes and the size of a file are durable after a sync of that file, and of
//     that file alone. Before, each sector of 512 bytes holds anything it has held
//     since the last sync, or the beginning of the newest over the oldest; the size
//     is any the file has had, or one that a long write passed by; the two do not
//     wait for each other. Where a sector never got its bytes there are zeros. A
//     block of 4 KiB in which something is not synced may also read as zeros, with
//     what was durable in it: a card that was writing its page loses all of it.
//   - Names in a folder are durable after a sync of that folder, and of that folder
//     alone. Before, any of the changes may be there and any may be missing,
//     without regard to their order, to other folders, or to the files. A rename
//     within a folder happens whole or not at all; between two folders each half
//     may happen without the other.
//   - [Disk.Commit] stands for a transaction of a database: durable at once, and
//     nothing else with it.
//
// [Check] runs a protocol, cuts it before every operation, and starts the program
// again on each state; if there are too many, on those where one thing differs and
// on a choice by chance that is the same in every run. In some of them it cuts the
// power again, during recovery. Then it leaves out each sync and each rename in turn,
// and that must break. Such a step is known by what it does, by the names it does it
// to without their numbers and digests, and by the function that asks for it.
//
// How many states that are is a matter of [Trial.States] and of the environment
// variable ENTRACTE_STATES; the log of the test tells ([Count]). A state that broke is
// told as a [Violation], with as little lost as it takes.
//
// # What it must not know
//
// It knows nothing of the programs it is used on. It does not model a card that
// says it has synced and has not, one that damages blocks nobody wrote to, a disk
// that is full, or an error of a read or a write; nor links, owners or times. A
// protocol that passes is right for every card that keeps its word.
//
// # Example
//
// A number in a file is replaced; whoever was told that it is saved must find it.
//
//	crash.Check(t, crash.Trial[int]{
//		States: 1000,
//		Run: func(d *crash.Disk, _ *rand.Rand, tell func(int)) error {
//			for n := range 5 {
//				if err := save(d, n); err != nil { // through disk.Save
//					return err
//				}
//				tell(n)
//			}
//			return nil
//		},
//		Check: func(d *crash.Disk, told []int) error {
//			n, err := load(d) // as the program does when it starts
//			if err == nil && len(told) > 0 && n < told[len(told)-1] {
//				err = fmt.Errorf("%d was saved, and %d is there", told[len(told)-1], n)
//			}
//			return err
//		},
//	})
package crash
