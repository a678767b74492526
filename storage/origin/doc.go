// Package origin reads the tree of packs from a web server: the same files as on a
// stick, served by anything that serves files.
//
// It promises that what comes is only ever bytes for somebody else to verify, that a
// copy that broke off goes on in the middle of a file, that a server which stalls is
// given up, and that no answer is taken from another host than the one in the config,
// nor without TLS where the config asks for it. Being offline is normal: [Follow]
// tries again, ever less often, and has nothing to say about it.
//
// It must not know what a pack is, nor trust the server: the signature inside does
// that. So a certificate whose dates cannot be checked, because the clock is not set,
// is accepted if everything else about it is right.
//
// Example:
//
//	server, err := origin.New("https://ads.example.org", origin.Options{})
//	p, err := usb.Newest(ctx, server, feed, keys)
//	received, err := cache.Receive(ctx, server, p, how)
package origin
