package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

func newPlaysVerify() *cobra.Command {
	var deviceKey string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check a receipt from a stick, or the play log of a data folder",
		Long: `Checks a receipt: that the device's key signed it, that nothing is cut off or
changed, that its rows add up to what it says, and that all of them are of the
operator it is for. Its .minisig must lie beside it.

  entracte plays verify --device-key RWQ… acme-0000000001-0000000141.csv

The key is what ` + "`entracte status`" + ` shows on the device, or a .pub file. Without
it the receipt is checked against the key that it names itself: that shows that
nothing was changed since, not who wrote it.

Of a data folder it walks the play log's hash chain, reads every day of hours, and
compares their end with the receipts that were given:

  entracte plays verify /var/lib/entracte

That finds damage and lost records. Records that no receipt counted yet, and
that somebody removed with all that follows, leave no trace to find.

Exit codes: 10 not a receipt, 11 not signed by that key, 12 damaged.`,
		Args: exactly(1, "entracte plays verify --device-key RWQ… FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if i, err := os.Stat(args[0]); err == nil && i.IsDir() {
				if deviceKey != "" {
					return usageError{errors.New("a data folder is not signed: --device-key is for receipts\nhint: entracte plays verify " + args[0])}
				}
				return verifyFolder(cmd, args[0], asJSON)
			}
			return verifyReceipt(cmd, args[0], deviceKey, asJSON)
		},
	}
	cmd.Flags().StringVar(&deviceKey, "device-key", "", "the device's public key, RW…, or a .pub file")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func verifyReceipt(cmd *cobra.Command, path, deviceKey string, asJSON bool) error {
	key, err := namedKey(deviceKey)
	if err != nil {
		return err
	}
	r, err := report.Verify(disk.OS, path, key)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s\nhint: receipts are in ENTRACTE/reports on the stick", path)
	}
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd, struct {
			report.Receipt
			KeyGiven bool `json:"key_given"`
		}{r, key != ""})
	}
	return printReceipt(cmd.OutOrStdout(), r, key != "")
}

// namedKey reads what --device-key says.
func namedKey(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if strings.HasSuffix(text, ".pub") {
		b, err := disk.ReadFile(disk.OS, text, 4096)
		if err != nil {
			return "", fmt.Errorf("the key %s cannot be read: %s", text, disk.Reason(err))
		}
		text = string(b)
	}
	key, err := report.ParseKey(text)
	if err != nil {
		return "", usageError{fmt.Errorf("--device-key: %w", err)}
	}
	return key, nil
}

func printReceipt(w io.Writer, r report.Receipt, keyGiven bool) error {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-11s %s\n", name, fmt.Sprintf(format, args...))
	}
	if keyGiven {
		row("receipt", "whole, unchanged, and signed by that key")
	} else {
		row("receipt", "whole, and unchanged since the key it names signed it")
	}
	row("operator", "%s: its own plays, and nobody else's", r.Org)
	row("device", "%s, %s", r.Device, r.Venue)
	row("key", "%s", r.Key)
	row("records", "%d to %d of its own, of which %d are missing", r.From, r.To, r.Missing)
	row("hours", "%s to %s", r.First.Format(time.RFC3339), r.Last.Add(time.Hour).Format(time.RFC3339))
	row("plays", "%d, and %d interrupted, %d failed", r.Completed, r.Interrupted, r.Failed)
	if !keyGiven {
		row("note", "compare the key with what `entracte status` shows on the device, then give it with --device-key")
	}
	return nil
}

// A folderCheck is what there is to say of a data folder.
type folderCheck struct {
	Segments int    `json:"segments"`
	Commits  int    `json:"commits"`
	Plays    int    `json:"plays"`
	Unsealed int    `json:"unsealed"`
	Hash     string `json:"hash"`
	// Hours is how many plays are in the hours of days that the log forgot.
	Hours int64 `json:"hours_plays"`
	// Missing is how many numbers no record has, at least: those up to the last one
	// that a receipt or the hours know of.
	Missing uint64 `json:"missing"`
}

func verifyFolder(cmd *cobra.Command, data string, asJSON bool) error {
	known, err := report.Held(disk.OS, data) // before the log, which goes on meanwhile
	if err != nil {
		return err
	}
	chain, err := playlog.Verify(disk.OS, data)
	if errors.Is(err, fs.ErrNotExist) && known > 0 {
		return lostLog(data, known)
	}
	if err != nil {
		return err
	}
	c := folderCheck{Segments: chain.Segments, Commits: chain.Commits, Plays: chain.Plays, Unsealed: chain.Unsealed, Hash: hex.EncodeToString(chain.Hash[:]), Missing: lostRecords(chain, known)}
	for r, err := range report.Hours(disk.OS, data, func(func(plan.Play, error) bool) {}) {
		var lost *report.Lost
		if err != nil && !errors.As(err, &lost) { // the log was not asked
			return err
		}
		c.Hours += r.Completed
	}
	if asJSON {
		err = printJSON(cmd, c)
	} else {
		err = c.print(cmd.OutOrStdout())
	}
	if c.Missing > 0 {
		err = errors.Join(err, missingRecords(c.Missing))
	}
	return err
}

func (c *folderCheck) print(w io.Writer) error {
	state := "whole"
	if c.Missing > 0 {
		state = "not whole"
	}
	_, err := fmt.Fprintf(w, `log         %s: %s in %s, %d not sealed yet
hash        %s
hours       whole: %s of days that the log forgot
`, state, nounShowing.counted("en", c.Plays), nounCommit.counted("en", c.Commits), c.Unsealed, c.Hash, nounPlay.counted("en", int(c.Hours)))
	return err
}

// lostRecords is how many records a log lacks, at least: numbers that none has, and those
// after its end up to one that is known elsewhere.
func lostRecords(chain playlog.Chain, known uint64) uint64 {
	n := chain.Missing
	if known > chain.End {
		n += known - chain.End
	}
	return n
}

const lostHint = "plays that were recorded are gone: the card lost them, or somebody replaced the play log; receipts given before still have theirs"

func missingRecords(n uint64) error {
	return &disk.Fault{
		Fact: "records of the play log are missing: " + strconv.FormatUint(n, 10) + " at least", Kind: playlog.ErrDamaged, Hint: lostHint,
	}
}

// lostLog is about a folder whose log is gone, and whose records are known up to a number.
func lostLog(data string, known uint64) error {
	return &disk.Fault{
		Fact: fmt.Sprintf("the play log in %s is gone: receipts or hours know of records up to number %d", data, known), Kind: playlog.ErrDamaged, Hint: lostHint,
	}
}
