package pack

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of every JSON document of the format.
const (
	maxDepth  = 16
	maxValues = 300_000
	// mostRunes and mostEntries hold where a field's tags `long` and `most` say
	// nothing else, and in fields that are not known.
	mostRunes   = 200
	mostEntries = 1_000
	// maxNumber is the longest number, in characters.
	maxNumber = 32
)

// fieldName is the shape of every key of the format: without capital letters, no two
// keys can differ in them only, which readers treat differently.
var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// decode reads a document of the format into v, a pointer to a struct. It first walks
// over all of it and refuses what two readers could read differently: bytes that are
// no UTF-8, keys given twice, null, empty texts, control characters, U+FFFD. Keys that
// v does not have are ignored, unless the document lists them in "critical".
//
// Tags of the fields of v: long:"80" is the most characters of a text, most:"20" the
// most entries of a list, lines:"yes" lets a text have line feeds.
func decode(b []byte, v any) error {
	if !utf8.Valid(b) {
		return errors.New("it is not UTF-8 text")
	}
	if !json.Valid(b) {
		return errors.New("it is not JSON")
	}
	in := inspection{tokens: json.NewDecoder(bytes.NewReader(b))}
	in.tokens.UseNumber()
	t := reflect.TypeOf(v).Elem()
	if err := in.value("", "", t, "", 1); err != nil {
		return err
	}
	for _, name := range in.critical {
		if !knows(t, name) {
			return tooNew(fmt.Sprintf("%q must be understood, and is not", name))
		}
	}
	if err := json.Unmarshal(b, v); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return fmt.Errorf("%s is a %s, or one too large", wrong.Field, wrong.Value)
		}
		return err
	}
	return nil
}

// An inspection is one walk over a document.
type inspection struct {
	tokens *json.Decoder
	values int
	// critical are the fields the document says must be understood.
	critical []string
}

// value walks over the next value. at says where it is, for messages; place is the
// same without indexes. t is the type it will become, nil if it is not known.
func (in *inspection) value(at, place string, t reflect.Type, tag reflect.StructTag, depth int) error {
	if in.values++; in.values > maxValues {
		return fmt.Errorf("it has more than %d values", maxValues)
	}
	if depth > maxDepth {
		return fmt.Errorf("%s nests deeper than %d", clipped(at), maxDepth)
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := in.tokens.Token()
	if err != nil {
		return err
	}
	switch x := token.(type) {
	case json.Delim:
		if x == '{' {
			return in.object(at, place, t, depth)
		}
		return in.list(at, place, t, tag, depth)
	case string:
		if place == "critical" {
			in.critical = append(in.critical, x)
		}
		return readable(at, x, tag)
	case json.Number:
		if len(x) > maxNumber {
			return fmt.Errorf("%s is a number of %d characters", at, len(x))
		}
	case nil:
		return fmt.Errorf("%s is null; what is not there is left out", at)
	}
	return nil
}

func (in *inspection) object(at, place string, t reflect.Type, depth int) error {
	isMap, shape, most := t != nil && t.Kind() == reflect.Map, fieldName, mostEntries
	if isMap {
		shape, most = slug, maxAcks
	}
	seen := map[string]bool{}
	for in.tokens.More() {
		token, err := in.tokens.Token()
		if err != nil {
			return err
		}
		key := token.(string) // JSON has no other keys
		if !shape.MatchString(key) {
			return fmt.Errorf("%s has the key %s, which is none of this format", cmp.Or(at, "it"), clipped(strconv.Quote(key)))
		}
		if seen[key] {
			return fmt.Errorf("%s is given twice", join(at, key))
		}
		if seen[key] = true; len(seen) > most {
			return fmt.Errorf("%s has more than %d keys", cmp.Or(at, "it"), most)
		}
		child, tag, next := t, reflect.StructTag(""), join(place, key)
		if isMap {
			child, next = t.Elem(), join(place, "*")
		} else {
			child, tag = fieldOf(t, key)
		}
		if err := in.value(join(at, key), next, child, tag, depth+1); err != nil {
			return err
		}
	}
	_, err := in.tokens.Token()
	return err
}

func (in *inspection) list(at, place string, t reflect.Type, tag reflect.StructTag, depth int) error {
	var elem reflect.Type
	if t != nil && t.Kind() == reflect.Slice {
		elem = t.Elem()
	}
	most := limit(tag.Get("most"), mostEntries)
	for i := 0; in.tokens.More(); i++ {
		if i == most {
			return fmt.Errorf("%s has more than %d entries", at, most)
		}
		if err := in.value(fmt.Sprintf("%s[%d]", at, i), place, elem, tag, depth+1); err != nil {
			return err
		}
	}
	_, err := in.tokens.Token()
	return err
}

// readable checks the letters and the length of a text.
func readable(at, s string, tag reflect.StructTag) error {
	if s == "" {
		return fmt.Errorf("%s is empty; what is not there is left out", at)
	}
	if most := limit(tag.Get("long"), mostRunes); utf8.RuneCountInString(s) > most {
		return fmt.Errorf("%s has more than %d characters", at, most)
	}
	for _, r := range s {
		if r == '\n' && tag.Get("lines") != "" {
			continue
		}
		// Bidi controls reorder what a reader of the glass or of a report sees;
		// U+FFFD is what half a surrogate pair is read as.
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return fmt.Errorf("%s has the invisible character U+%04X", at, r)
		}
	}
	return nil
}

// knows reports whether a document of type t can have a field at a place such as
// "program.campaigns.weight".
func knows(t reflect.Type, place string) bool {
	for _, key := range strings.Split(place, ".") {
		for t != nil && slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, t.Kind()) {
			t = t.Elem()
		}
		if t, _ = fieldOf(t, key); t == nil {
			return false
		}
	}
	return true
}

// fieldOf is the type and the tags of the field of struct t with that JSON name, or
// nil.
func fieldOf(t reflect.Type, name string) (reflect.Type, reflect.StructTag) {
	if t == nil || t.Kind() != reflect.Struct {
		return nil, ""
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if of, _, _ := strings.Cut(f.Tag.Get("json"), ","); of == name {
			return f.Type, f.Tag
		}
	}
	return nil, ""
}

func limit(tag string, otherwise int) int {
	if n, err := strconv.Atoi(tag); err == nil {
		return n
	}
	return otherwise
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

func clipped(s string) string {
	const most = 80
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
