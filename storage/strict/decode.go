package strict

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Decode fills the struct v points to from the file. What the file does not give
// keeps the value it has, so v starts as the defaults. Keys are matched exactly
// with `toml` tags; every other key of the file is a fault.
//
// Fields may be strings, bools, ints, float64s (which take whole numbers too),
// [time.Duration] (texts as [ParseDuration] reads them), types with
// UnmarshalText, structs, pointers to all these, which stay nil without a value,
// slices of all these, and any, which becomes a string or an int. An empty list
// becomes an empty slice that is not nil. Further tags, which say the closed rules of a value:
//
//	oneof:"a b c"   the only values
//	range:"0 100"   the smallest and largest number or duration
//	long:"80"       most characters of a text; 200 if not said
//	most:"20"       most entries of a list; 1000 if not said
//	lines:"yes"     the text may have line breaks
//
// Decode panics when v cannot be filled at all, which no file can cause.
func (d *Doc) Decode(v any) {
	target := reflect.ValueOf(v).Elem()
	d.home = homes(target.Type())
	d.value("", d.root, target, "")
}

const (
	mostCharacters = 200
	mostEntries    = 1000
	mostNumber     = math.MaxInt32 // the same on 32-bit machines
)

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// value decodes n into v. Tags are those of the field v is, or is an entry of.
func (d *Doc) value(path string, n *node, v reflect.Value, tags reflect.StructTag) {
	if n.kind == unreadable {
		d.bad[path] = true
		return
	}
	t := v.Type()
	switch {
	case t == reflect.TypeFor[time.Duration]():
		d.duration(path, n, v, tags)
	case reflect.PointerTo(t).Implements(textType):
		if d.is(path, n, text) && d.allowed(path, n, tags) && d.readable(path, n, tags) {
			d.unmarshal(path, n, v)
		}
	case t.Kind() == reflect.Struct:
		if d.is(path, n, table) {
			d.table(path, n, v)
		}
	case t.Kind() == reflect.Pointer:
		fresh := reflect.New(t.Elem())
		if d.value(path, n, fresh.Elem(), tags); !d.bad[path] {
			v.Set(fresh)
		}
	case t.Kind() == reflect.Slice:
		d.list(path, n, v, tags)
	default:
		d.scalar(path, n, v, tags)
	}
}

func (d *Doc) scalar(path string, n *node, v reflect.Value, tags reflect.StructTag) {
	switch v.Kind() {
	case reflect.String:
		if d.is(path, n, text) && d.allowed(path, n, tags) && d.readable(path, n, tags) {
			v.SetString(n.value)
		}
	case reflect.Bool:
		if d.is(path, n, boolean) {
			v.SetBool(n.value == "true")
		}
	case reflect.Int:
		if d.is(path, n, integer) && d.allowed(path, n, tags) && d.inRange(path, n, tags) {
			v.SetInt(n.integer())
		}
	case reflect.Float64:
		if n.kind == integer || d.is(path, n, float) {
			if d.inRange(path, n, tags) {
				v.SetFloat(n.float())
			}
		}
	case reflect.Interface:
		if n.kind == integer {
			if d.inRange(path, n, tags) {
				v.Set(reflect.ValueOf(int(n.integer())))
			}
		} else if d.is(path, n, text) && d.readable(path, n, tags) {
			v.Set(reflect.ValueOf(n.value))
		}
	default:
		panic("strict: cannot decode into " + v.Type().String())
	}
}

func (d *Doc) table(path string, n *node, v reflect.Value) {
	fields := map[string]int{}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("toml"); name != "" {
			fields[name] = i
		}
	}
	for _, key := range n.order {
		i, known := fields[key]
		at := key
		if path != "" {
			at = path + "." + key
		}
		if !known {
			d.unknown(path, key, n.keys[key], v.Type())
			continue
		}
		d.value(at, n.keys[key], v.Field(i), v.Type().Field(i).Tag)
	}
}

func (d *Doc) list(path string, n *node, v reflect.Value, tags reflect.StructTag) {
	if !d.is(path, n, list) {
		return
	}
	elem := v.Type().Elem()
	if elem.Kind() != reflect.Struct || reflect.PointerTo(elem).Implements(textType) {
		if n.entries() {
			d.wrong(path, n, list)
			return
		}
	}
	if most := limit(tags.Get("most"), mostEntries); len(n.items) > most {
		d.reject(path, n, fmt.Sprintf("%s has %d entries, more than %d", d.short(path), len(n.items), most), "shorten the list")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		d.value(fmt.Sprintf("%s[%d]", path, i), item, out.Index(i), tags)
	}
	v.Set(out)
}

func (d *Doc) unmarshal(path string, n *node, v reflect.Value) {
	if n.value == "" {
		d.reject(path, n, d.short(path)+" is empty", "give it a value, or remove it")
		return
	}
	fresh := reflect.New(v.Type())
	if err := fresh.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.value)); err != nil {
		fact, hint, ok := strings.Cut(err.Error(), "\nhint: ")
		if !ok {
			hint = "write it in that form, and a value that exists"
		}
		d.reject(path, n, d.short(path)+": "+fact, hint)
		return
	}
	v.Set(fresh.Elem())
}

func (d *Doc) duration(path string, n *node, v reflect.Value, tags reflect.StructTag) {
	if !d.is(path, n, text) {
		return
	}
	value, err := ParseDuration(n.value)
	if err != nil {
		d.reject(path, n, d.short(path)+": "+err.Error(), `write it like "90s", "5m", "1h30m" or "7d"`)
		return
	}
	if low, high, ok := strings.Cut(tags.Get("range"), " "); ok {
		least, _ := ParseDuration(low)
		most, _ := ParseDuration(high)
		if value < least || value > most {
			d.reject(path, n, fmt.Sprintf("%s is %q, outside %s to %s", d.short(path), n.value, low, high), "choose a value in that range")
			return
		}
	}
	v.SetInt(int64(value))
}

// is reports whether n holds a k, and adds the fault if not.
func (d *Doc) is(path string, n *node, k kind) bool {
	if n.kind != k {
		d.wrong(path, n, k)
	}
	return n.kind == k
}

// allowed checks a value against its closed list.
func (d *Doc) allowed(path string, n *node, tags reflect.StructTag) bool {
	closed := strings.Fields(tags.Get("oneof"))
	if len(closed) == 0 {
		return true
	}
	for _, c := range closed {
		if c == n.value {
			return true
		}
	}
	hint := "choose one of: " + strings.Join(closed, ", ")
	if s := Suggest(n.value, closed); s != "" {
		hint = fmt.Sprintf("did you mean %q? It is one of: %s", s, strings.Join(closed, ", "))
	}
	d.reject(path, n, fmt.Sprintf("%s is %s, which is not on its list", d.short(path), n.show()), hint)
	return false
}

// readable checks the letters and the length of a text.
func (d *Doc) readable(path string, n *node, tags reflect.StructTag) bool {
	if most := limit(tags.Get("long"), mostCharacters); utf8.RuneCountInString(n.value) > most {
		d.reject(path, n, fmt.Sprintf("%s has more than %d characters", d.short(path), most), "shorten it")
		return false
	}
	for _, r := range n.value {
		if r == '\n' && tags.Get("lines") != "" {
			continue
		}
		// Bidi controls reorder what a reader of the glass or of a report sees.
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			d.reject(path, n, fmt.Sprintf("%s has the invisible character U+%04X", d.short(path), r), "type the text again, without pasting")
			return false
		}
	}
	return true
}

func (d *Doc) inRange(path string, n *node, tags reflect.StructTag) bool {
	x := n.float()
	if n.kind == float && (math.IsNaN(x) || math.IsInf(x, 0)) || math.Abs(x) > mostNumber {
		d.reject(path, n, d.short(path)+" is "+clip(n.value)+", which is no usable number", "write a number")
		return false
	}
	low, high, ok := strings.Cut(tags.Get("range"), " ")
	if !ok {
		return true
	}
	least, _ := strconv.ParseFloat(low, 64)
	most, _ := strconv.ParseFloat(high, 64)
	if x < least || x > most {
		d.reject(path, n, fmt.Sprintf("%s is %s, outside %s to %s", d.short(path), clip(n.value), low, high), "choose a value in that range")
		return false
	}
	return true
}

// reject adds a fault about a value and marks it as not decoded.
func (d *Doc) reject(path string, n *node, fact, hint string) {
	d.add(Fault{Line: n.line, Fact: d.entry(path) + fact, Hint: hint})
	d.bad[path] = true
}

func limit(tag string, otherwise int) int {
	if n, err := strconv.Atoi(tag); err == nil {
		return n
	}
	return otherwise
}

func (n *node) integer() int64 {
	i, _ := strconv.ParseInt(strings.ReplaceAll(n.value, "_", ""), 0, 64)
	return i
}

func (n *node) float() float64 {
	if n.kind == integer {
		return float64(n.integer())
	}
	f, _ := strconv.ParseFloat(strings.ReplaceAll(n.value, "_", ""), 64)
	return f
}
