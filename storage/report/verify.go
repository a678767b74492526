package report

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"strings"

	"aead.dev/minisign"

	"entracte/storage/disk"
)

// What a file can turn out to be, for [errors.Is].
var (
	// ErrNotReceipt: it is none, or one of another version.
	ErrNotReceipt = errors.New("not a receipt")
	// ErrUntrusted: it is not signed, or not by the key it should be.
	ErrUntrusted = errors.New("not trusted")
	// ErrDamaged: it was cut off or changed by accident.
	ErrDamaged = errors.New("damaged")
)

// Verify checks a receipt in either form, with its signature beside it: that the
// key signed it, that nothing is cut off, and that its rows are in order and add up
// to what it says. key is "RW…"; with the empty one the key that the receipt names
// itself is taken, which proves that nothing was changed but not who wrote it.
func Verify(d disk.Disk, path, key string) (Receipt, error) {
	path = strings.TrimSuffix(path, signed)
	f, err := d.Open(path)
	if err != nil {
		return Receipt{}, disk.Explain("cannot read", path, err)
	}
	defer f.Close()
	r, err := verify(d, path, f, key)
	var fault *disk.Fault
	if errors.As(err, &fault) {
		fault.Fact = path + " " + fault.Fact
	}
	return r, err
}

func verify(d disk.Disk, path string, f disk.File, key string) (Receipt, error) {
	text, err := disk.ReadFile(d, path+signed, 16<<10)
	if err != nil {
		return Receipt{}, unsigned(f, err)
	}
	s, ok := parseSignature(text)
	if !ok {
		return Receipt{}, &disk.Fault{Fact: "has no minisign signature beside it", Kind: ErrUntrusted, Hint: "copy the .minisig file again"}
	}
	says, sum, err := parseComment(s.TrustedComment)
	if err != nil {
		return Receipt{}, &disk.Fault{Fact: "is not a receipt of this version", Kind: ErrNotReceipt, Cause: err}
	}
	if key == "" {
		key = says.Key
	}
	public, err := parsePublic(key)
	if err != nil {
		return Receipt{}, err
	}
	digest := sha256.New()
	message := minisign.NewReader(io.TeeReader(f, digest))
	if _, err := io.Copy(io.Discard, message); err != nil {
		return Receipt{}, disk.Explain("cannot read", path, err)
	}
	signedByKey := message.Verify(public, text)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Receipt{}, disk.Explain("cannot read", path, err)
	}
	sums, err := addUp(f, &says)
	switch {
	case signedByKey && err == nil && hexSum(digest) == sum && says.Key == public.String():
		err = says.agree(sums)
	case signedByKey && err == nil:
		err = errComment
	case !signedByKey && err != nil && says.Key == public.String():
		return Receipt{}, damaged(err)
	case !signedByKey:
		return Receipt{}, untrusted(public.String(), says.Key)
	}
	if err != nil {
		return Receipt{}, &disk.Fault{Fact: "is signed, and still no receipt", Cause: err, Kind: ErrNotReceipt}
	}
	return says, nil
}

// parseSignature reads a prehashed signature that is written in the one way it can
// be, but for line ends that a mail program has changed.
func parseSignature(text []byte) (s minisign.Signature, ok bool) {
	if err := s.UnmarshalText(text); err != nil || s.Algorithm != minisign.HashEdDSA {
		return s, false
	}
	return s, s.String() == strings.ReplaceAll(string(text), "\r\n", "\n")
}

// addUp reads the rows of a receipt in either form and sums them up.
func addUp(f io.Reader, says *Receipt) (sums Receipt, err error) {
	in := bufio.NewReader(f)
	form, head := csvForm, csvHead
	if first, _ := in.Peek(1); string(first) == "{" {
		form, head = jsonForm, says.jsonHead()
	}
	for r, err := range form.read(in, head) {
		if err != nil {
			return sums, err
		}
		if orgOf(r.Feed) != says.Org {
			return sums, errOther
		}
		sums.add(&r)
	}
	return sums, nil
}

var errOther = errors.New("it has a row of another organisation")

func damaged(err error) error {
	return &disk.Fault{Fact: "is damaged", Cause: err, Kind: ErrDamaged, Hint: "copy it from the stick again; the next receipt has its hours too until it is acknowledged"}
}

// unsigned tells a receipt without its signature from something else.
func unsigned(f io.Reader, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if line, _ := bufio.NewReader(f).ReadString('\n'); line != csvHead && !strings.HasPrefix(line, `{"receipt":"`) {
		return &disk.Fault{Fact: "is not a receipt", Kind: ErrNotReceipt, Hint: "receipts are in ENTRACTE/reports on the stick"}
	}
	return &disk.Fault{Fact: "has no signature beside it", Kind: ErrUntrusted, Hint: "copy the file with the same name and .minisig too"}
}

func untrusted(key, says string) error {
	if key != says {
		return &disk.Fault{
			Fact: "is signed by another key: " + says, Kind: ErrUntrusted,
			Hint: "`entracte status` on the device shows its key; a device with a new card has a new one",
		}
	}
	return &disk.Fault{Fact: "was changed after it was signed", Kind: ErrUntrusted, Hint: "take the file from the device's stick"}
}
