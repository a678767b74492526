package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxBody bounds the body of a request, in bytes.
const maxBody = 4096

// readBody reads the one JSON object of a body strictly; what it is to be, as in
// "signal", names it in errors.
func readBody(body io.Reader, into any, what, hint string) error {
	bad := func(status int, format string, args ...any) error {
		return &badRequest{status, fmt.Sprintf("the "+what+" "+format, args...), hint}
	}
	text, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	if err != nil {
		return bad(http.StatusBadRequest, "did not arrive whole: %v", err)
	}
	if len(text) > maxBody {
		return bad(http.StatusRequestEntityTooLarge, "is longer than %d bytes", maxBody)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return bad(http.StatusBadRequest, "cannot be read: %s", inWords(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return bad(http.StatusBadRequest, "is not alone: something follows the %s", what)
	}
	return nil
}

// inWords says what is wrong with a body without the names of Go types.
func inWords(err error) string {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return "it is empty"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends in the middle"
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Sprintf("%q is of type %s", wrong.Field, wrong.Value)
	case errors.As(err, &wrong):
		return fmt.Sprintf("it is of type %s", wrong.Value)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}
