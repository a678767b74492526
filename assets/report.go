package assets

import _ "embed"

//go:embed report.html
var reportPage string

// ReportPage is the page of what played, a template of html/template; what it is
// filled with is view in storage/report. It loads nothing from elsewhere and needs
// no script.
func ReportPage() string { return reportPage }
