package assets

import _ "embed"

//go:embed notice.html
var noticePage string

// NoticePage is the page of the shop's notice, a template of html/template; what it
// is filled with is noticePage in cmd/entracte. It loads nothing from elsewhere.
func NoticePage() string { return noticePage }
