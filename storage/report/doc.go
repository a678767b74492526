// Package report turns plays into what leaves the screen: exports, hours, signed
// receipts, and a page for people. Proof of play counts showings, never people.
//
// It promises that every number can be added up again from the rows; that no record
// is counted twice, and one that is in no row shows as missing; that an operator is
// told of its own plays and of nobody else's; that rows tell counts of whole hours and
// nothing finer, so that nobody can read from them when a customer was served; and that
// what it reads back is refused unless it is written exactly as it would write it. It
// must not know where plays are kept (they come as a sequence), what a stick is, or what
// time it is: time is an argument.
//
// # Plays
//
// [WritePlays] writes records one by one: CSV with the columns of the record
// (seq … clock), or the same as one JSON object a line. started_at is RFC 3339 in UTC
// with milliseconds, counted is true or false, reasons are joined by "|" in CSV.
//
// A spreadsheet takes a cell that begins with = + - or @ for a formula, and names
// come with packs. In every CSV of this package, text that begins with one of these,
// with a tab, a line end or an apostrophe therefore gets an apostrophe before it: a
// leading apostrophe is never part of the value, and taking one off gives the value
// back. The one exception is [plan.VenueAdvertiser], which is ours and harmless.
// Numbers, times, digests and our own words need none.
//
// # Hours
//
// A [Row] counts the records of one UTC hour, screen, venue, feed, campaign,
// creative, advertiser, plan revision and clock trust. As CSV:
//
//	hour,from_seq,to_seq,screen,venue,feed,campaign,creative,advertiser,plan,clock,completed,interrupted,failed,shown_ms,planned_ms
//	2026-11-22T09:00:00Z,118,141,9f3a,Martin,acme/shop-17,lens-2026,lens-couple,Studio Lens,0001-00000042,trusted,14,3,0,155210,170000
//
// and as JSON lines with members of the same names. Lines end in "\n" and a cell is
// quoted only if it must be. All rows of an hour have the same from_seq and to_seq,
// the first and the last record counted in them; rows ascend by from_seq, then by
// their texts. Where a clock was set back an hour comes again with other numbers, so
// hours are told apart by their numbers and not by their time: a database that keeps
// one row for each (screen, from_seq, to_seq, feed, campaign, creative, advertiser,
// plan, clock) may take in the same rows any number of times. to_seq − from_seq + 1
// less the counted records is how many are missing.
//
// A table that is kept or sent ends in a line that says what came before, so that a
// file that was cut off is recognised. In CSV its first cell is END and the SHA-256
// of all lines before it, and the others are empty: programs that read CSV find a
// row with as many cells as every other one, and `head -n -1 FILE | sha256sum`
// prints the digest. In JSON lines it is {"end":"<digest>"}.
//
// plays/hours/2026-11-22.csv is such a table: a UTC day that the play log has
// forgotten ([Roll]), 2026-11-22-2.csv a part of it that came later. They never
// change, and are kept for 400 days of play. [Hours] yields them and the log as one.
//
// # The receipt
//
// [Giver.Give] writes the receipt of one organisation, the operator of the feeds
// <org>/…, as four files on a stick:
//
//	ENTRACTE/reports/<device>/<org>-<from>-<to>.csv     rows as CSV
//	ENTRACTE/reports/<device>/<org>-<from>-<to>.jsonl   the same as JSON lines
//	… each with .minisig                                its signature
//
// It has the rows of that organisation's feeds and nothing else, and says nothing that
// depends on what others play: in a shop without any other feed it would be the same,
// byte for byte, as long as no record is lost. So its from_seq and to_seq are not those
// of the log but the organisation's own: its records are numbered from 1 on, without a
// gap from hour to hour, also where the hours before were forgotten; and ends of others'
// receipts do not cut its hours. Numbers that no row counts are missing. Where records
// of the log are lost one number is left out, in the hour that they are in or before:
// whose they were, and how many, nobody knows. Where records are lost of which it was
// told before, as many numbers are left out as were its own. After the last row nothing
// is said; what is lost there shows in the next receipt. Boot is that of its own last
// record.
//
// <from> and <to> are its numbers in ten digits; eight digits of a digest follow if
// another receipt has that name. The first line of the JSON form is the receipt in
// short, {"receipt":"entracte-receipt/1","device":…,"org":…,"venue":…,"key":…,"from_seq":…,
// "to_seq":…,"boot":…,"first_hour":…,"last_hour":…,"completed":…,"interrupted":…,
// "failed":…,"missing":…}; in CSV the first line names the columns.
//
// The signature is a prehashed minisign one by the device's own key (device.key in
// the data folder; [Key]). Its trusted comment is the format and the same values,
// percent-encoded as in the path of a URL, and the SHA-256 of the file:
//
//	entracte-receipt/1 device=… org=… venue=… key=RW… from=… to=… boot=… first=… last=… completed=… interrupted=… failed=… missing=… sha256=…
//
// [Verify] checks all of that, and so do common tools: `minisign -Vm FILE -P RW…`
// prints the comment, and `sha256sum FILE` its last value. The key proves which
// device wrote a receipt to whoever enrolled that key; the device's owner could
// still sign what never played.
//
// A receipt has whole hours only, from the first record that the organisation has not
// acknowledged: it does so with to and boot ([Mark]) in a later pack, for itself alone.
// Until then each of its receipts has those hours again, in place of what the one before
// said from that number on. Nothing goes from the log because of it. What was given is
// noted in plays/hours/receipts.csv, the organisation, its number and that of the log;
// hours are cut there, so that an acknowledgement never falls inside one. Up to where
// numbers were when days were forgotten is in plays/hours/forgotten.csv, of the same form.
//
// # Example
//
//	plays := playlog.Read(disk.OS, data)
//	err := report.WritePlays(os.Stdout, "csv", plays)
//
//	key, err := report.OpenKey(disk.OS, data)
//	giver := report.Giver{Disk: disk.OS, Data: data, Key: key, Device: "9f3a", Venue: "Martin"}
//	receipt, files, err := giver.Give("/media/stick", "acme", plays, acked, now)
//
//	receipt, err := report.Verify(disk.OS, "acme-0000000001-0000000141.csv", "RWQ…")
package report
