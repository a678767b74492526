// Package pack reads and writes the signed pack: what an operator hands to a shop, on
// a stick or from a web server.
//
// This comment is filled in below with the format's specification.
package pack
