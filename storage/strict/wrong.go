package strict

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// wrong adds the fault of a value that is not of the kind its key takes.
func (d *Doc) wrong(path string, n *node, want kind) {
	name := d.short(path)
	key := ""
	if !strings.HasSuffix(path, "]") {
		key = name[strings.LastIndexByte(name, '.')+1:]
	}
	fact := fmt.Sprintf("%s is %s, not %s", name, n.say(), want)
	var hint string
	switch {
	case want == text && (n.kind == integer || n.kind == float || n.kind == date):
		hint = fmt.Sprintf("put it in quotes: %s", assign(key, `"`+n.value+`"`))
	case want == list && n.kind == table && n.how != byValue:
		fact = fmt.Sprintf("[%s] is one table, where there may be several", header(path))
		hint = fmt.Sprintf("write [[%s]] with two brackets", header(path))
	case want == table && n.entries():
		fact = fmt.Sprintf("[[%s]] is a list, where there is one only", header(path))
		hint = fmt.Sprintf("write [%s] with one bracket", header(path))
	case want == list && n.kind == list:
		fact = fmt.Sprintf("[[%s]] is a table, where values should be", header(path))
		hint = fmt.Sprintf("write %s = […] under the table it belongs to", key)
	case want == list && (n.kind == text || n.kind == integer || n.kind == float):
		hint = "put it in brackets: " + assign(key, "["+n.show()+"]")
	case want == list && n.kind == table:
		hint = "put it in brackets: " + assign(key, "[{ … }]")
	case want == boolean:
		hint = "write " + assign(key, truth(n.value))
	case (want == integer || want == float) && n.kind == text:
		hint = "write the number without quotes"
	case want == integer && n.kind == float:
		hint = "write a whole number"
	case want == table:
		hint = fmt.Sprintf("write %s, or a [table]", assign(key, "{ … }"))
	default:
		hint = "write " + assign(key, want.example())
	}
	d.reject(path, n, fact, hint)
}

// header writes a path as a table's name: without the indexes.
func header(path string) string { return indexes.ReplaceAllString(path, "") }

var indexes = regexp.MustCompile(`\[\d+\]`)

// assign shows how a line would look; entries of a list have no key to show.
func assign(key, value string) string {
	if key == "" {
		return value
	}
	return key + " = " + value
}

func truth(s string) string {
	switch strings.ToLower(s) {
	case "true", "yes", "on", "1":
		return "true"
	case "false", "no", "off", "0":
		return "false"
	}
	return "true or false"
}

// String names the kind as messages do.
func (k kind) String() string {
	return [...]string{"a table", "a list", "a text", "true or false", "a whole number", "a number", "a date", "a value"}[k]
}

func (k kind) example() string {
	return [...]string{"{ … }", "[…]", `"…"`, "true", "1", "1.5", `"2026-12-25"`, "…"}[k]
}

// say names the value for a message: `the number 17`, `the text "GPIO17"`.
func (n *node) say() string {
	switch n.kind {
	case text:
		return "the text " + n.show()
	case integer, float:
		return "the number " + n.show()
	case date:
		return "the date or time " + n.show()
	case boolean:
		return n.value
	}
	return n.kind.String()
}

// show writes the value as the file would.
func (n *node) show() string {
	if n.kind == text {
		return `"` + clip(strings.Trim(fmt.Sprintf("%q", n.value), `"`)) + `"`
	}
	return clip(n.value)
}

// unknown adds the fault of a key that nothing takes.
func (d *Doc) unknown(path, key string, n *node, t reflect.Type) {
	var keys []string
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("toml"); name != "" {
			keys = append(keys, name)
		}
	}
	written := join([]string{key})
	fact := `unknown key "` + strings.Trim(written, `"`) + `"`
	if n.how == byHeader || n.how == byPrefix {
		fact = fmt.Sprintf("unknown table [%s]", strings.TrimPrefix(d.short(path)+"."+written, "."))
	} else if s := d.short(path); s != "" {
		fact += " in " + s
	}
	hint := "remove it; the keys here are: " + strings.Join(keys, ", ")
	if s := Suggest(key, keys); s != "" {
		hint = fmt.Sprintf("did you mean %q?", s)
	} else if home := d.home[key]; home != "" {
		hint = home
	}
	d.add(Fault{Line: n.line, Fact: d.entry(path) + fact, Hint: hint})
}

// homes maps each key below the top of a struct to the hint that says where it
// belongs, and keys that several tables have to "".
func homes(t reflect.Type) map[string]string {
	hints := map[string]string{}
	var walk func(t reflect.Type, path, title string)
	walk = func(t reflect.Type, path, title string) {
		for i := range t.NumField() {
			name, inner := t.Field(i).Tag.Get("toml"), t.Field(i).Type
			if name == "" {
				continue
			}
			below := strings.TrimPrefix(path+"."+name, ".")
			hint, header := fmt.Sprintf("%q belongs under %s", name, title), "["+below+"]"
			if inner.Kind() == reflect.Slice {
				inner, header = inner.Elem(), "[["+below+"]]"
			}
			if inner.Kind() == reflect.Struct && !reflect.PointerTo(inner).Implements(textType) {
				hint = fmt.Sprintf("write %s, in the place where it belongs", header)
				walk(inner, below, header)
			}
			if _, twice := hints[name]; twice || path == "" {
				hint = ""
			}
			hints[name] = hint
		}
	}
	walk(t, "", "")
	return hints
}
