// Package usb finds sticks, removable USB volumes with a FAT file system that
// something else has mounted, and visits them: ads in, the owner's own pictures in,
// proof of play out.
//
// It promises that a stick is reported soon after it is mounted and soon after it
// is gone; that a volume the machine itself lives on is never taken for a stick;
// and that [Stick.Present] tells a stick that was pulled from one that is empty: a
// FAT volume whose device is gone lists as empty, without any error. A [Visitor]
// runs nothing that is on a stick, and takes no ad away because a stick lacks it.
//
// It must not know how a pack is verified or kept, that is package storage's, nor
// in which words people are told: it gives [News]. It never mounts: that is the
// unit's or the desktop's. [Stick.Writable] makes a volume that is mounted
// read-only writable for a moment, where the player may do that.
//
// The kernel tells of mounts only by a poll of /proc/self/mountinfo: fsnotify sees
// none of them. See proc_pid_mountinfo(5).
//
// Example:
//
//	err := usb.Watch(ctx, usb.Here, func(sticks []usb.Stick) {
//		for _, s := range sticks {
//			visitor.Visit(ctx, s, func(n usb.News) { … })
//		}
//	})
package usb
