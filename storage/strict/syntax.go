package strict

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// explain turns the parser's message about a place in a line into a sentence for
// whoever typed the line. What it does not recognise it passes on.
func explain(line string, at int, message string) (fact, hint string) {
	line = strings.TrimRight(line, "\r\n")
	at = min(at, len(line))
	key, value, hasValue := strings.Cut(line, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(message, p) {
				return true
			}
		}
		return false
	}
	switch {
	case message == msgDepth:
		return "brackets nest too deep here", "use fewer brackets inside brackets"
	case curly(line[at:]):
		return "a typographic quote stands where a straight one should", `replace “ and ” by "`
	case has("escape", "hex", "unicode point"):
		return `a backslash inside "…" begins an escape, and this is none`, `write the text in single quotes: 'C:\ads'`
	case has("new lines", "not terminated", "unterminated"):
		return "a quote is opened and not closed on this line", "end the text with the quote it begins with"
	case has("character ="):
		return fmt.Sprintf("no = after %q", clip(strings.TrimSpace(line[:at]))), `write key = value; a comment begins with #`
	case has("incomplete number", "expected 'true'", "expected 'false'", "expected 'inf'", "expected 'nan'", "while scanning", "expected value"):
		return noValue(key, value, hasValue)
	case has("newline but got"):
		return after(line[at:], key, value)
	case has("array"):
		return "this list cannot be read", `write ["one", "two"]: brackets around, a comma between`
	case has("character ]", "start of key", "expected key") && strings.HasPrefix(key, "["):
		return "this table name cannot be read", "write [name] or [[name]] alone on its line, with the letters a-z, 0-9, - and _"
	case has("inline table", "character }", "character ,", "expected key", "start of key"):
		if strings.Contains(value, "{") {
			return "this { … } cannot be read", `write { key = value, key = value } on one line, with no comma at the end`
		}
		return "no key can be read here", "write key = value, with a key of the letters a-z, 0-9, - and _"
	}
	return "this cannot be read: " + message, "compare the line with the example file"
}

// noValue explains what stands where a value should and is none.
func noValue(key, value string, hasValue bool) (fact, hint string) {
	if !hasValue || value != "" && strings.ContainsAny(value[:1], "[{") {
		return "a value inside these brackets cannot be read", "put every text in quotes"
	}
	if value == "" || value[0] == '#' {
		return clip(key) + " has no value", fmt.Sprintf(`write %s = "…", or remove the line`, clip(key))
	}
	word, _, _ := strings.Cut(value, " ")
	switch strings.ToLower(word) {
	case "true", "yes", "on":
		return fmt.Sprintf("%s is %s, which is no value", clip(key), word), fmt.Sprintf("write %s = true", clip(key))
	case "false", "no", "off":
		return fmt.Sprintf("%s is %s, which is no value", clip(key), word), fmt.Sprintf("write %s = false", clip(key))
	}
	return notQuoted(key, value)
}

func notQuoted(key, value string) (fact, hint string) {
	value, _, _ = strings.Cut(value, " #")
	value = strings.TrimSpace(value)
	fact = fmt.Sprintf("the value of %s is not in quotes", clip(key))
	if strings.ContainsAny(value, "\"'\\") {
		return fact, fmt.Sprintf(`write %s = "…"`, clip(key))
	}
	return fact, fmt.Sprintf(`write %s = "%s"`, clip(key), clip(value))
}

// after explains what follows a value that was complete.
func after(rest, key, value string) (fact, hint string) {
	number, _, _ := strings.Cut(value, "#")
	number = strings.TrimSpace(number)
	whole, decimals, comma := strings.Cut(number, ",")
	switch {
	case comma && digits(whole) && digits(decimals):
		return clip(key) + " has a comma in its number", fmt.Sprintf("write %s = %s.%s", clip(key), whole, decimals)
	case digits(number):
		return clip(key) + " is a number that begins with 0", "write the number without it, or put a code in quotes"
	case value != "" && !strings.ContainsAny(value[:1], "\"'[{"):
		return notQuoted(key, value)
	}
	return fmt.Sprintf("after the value stands more: %s", clip(strings.TrimSpace(rest))), "write one key a line; a comment begins with #"
}

// curly reports whether s begins with a quote only word processors write.
func curly(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("“”„«»‘’", r)
}

func digits(s string) bool {
	s = strings.TrimLeft(s, "+-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}
