package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"afterbeep/store"
)

// visit is one request on its way: who sends it, which route it takes, and
// what is written down of it.
type visit struct {
	echo.Context
	id    string // shown on error pages and in the log
	route *route // nil where nothing matched
	user  *store.User
	login string // hash of the session cookie; "" for a token
	now   time.Time
	nonce string // of the styles that a script may add to this page
}

const visitKey = "visit"

// visitOf returns the visit that begin made.
func visitOf(c echo.Context) *visit {
	v, ok := c.Get(visitKey).(*visit)
	if !ok {
		v = &visit{Context: c, id: "none"}
	}
	return v
}

// newNonce is as long as the policy's standard asks for.
func newNonce() string { return rand.Text() }

func newRequestID() string { return strings.ToLower(rand.Text()[:12]) }

func (v *visit) ctx() context.Context { return v.Request().Context() }

// scope is what the visitor may read; a stranger nothing.
func (v *visit) scope() store.Scope {
	if v.user == nil {
		return store.Scope{}
	}
	return v.user.Scope()
}

// voicemailID reads the id of the path. What is no id belongs to no voicemail.
func (v *visit) voicemailID() (int64, error) {
	id, err := strconv.ParseInt(v.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, notFound()
	}
	return id, nil
}

// writeJSON writes a value as the API does: one line, HTML in strings as it is,
// for snippets are read by people, too.
func writeJSON(w io.Writer, value any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// body reads JSON that may be left out. A name that isn't known is refused: what
// was meant by it would be ignored.
func (v *visit) body(to any) error {
	body, err := io.ReadAll(v.Request().Body)
	if err != nil {
		return unreadable(err)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err = d.Decode(to); err == nil {
		_, err = d.Token()
	}
	if err == io.EOF { // nothing stands behind it
		return nil
	}
	if err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return badRequest("There is no field " + name + ".")
		}
	}
	return badRequest("The body must be one JSON object, with each field of its type.")
}

// json renders to memory and answers. The content type and nosniff keep
// browsers from taking it for a page.
func (v *visit) json(status int, value any) error {
	var b bytes.Buffer
	if err := writeJSON(&b, value); err != nil {
		return err
	}
	return v.Blob(status, "application/json; charset=utf-8", b.Bytes())
}

// wantsJSON tells in which form an error is answered.
func (v *visit) wantsJSON() bool {
	if v.route == nil {
		return strings.HasPrefix(v.Request().URL.Path, "/api/")
	}
	switch v.route.form {
	case formAPI, formProbe:
		return true
	case formFile, formStream:
		// htmx accepts anything, and shows it to somebody who looks at a page.
		h := v.Request().Header
		return h.Get("HX-Request") != "true" && !strings.Contains(h.Get("Accept"), "text/html")
	}
	return false
}

// seeOther sends a browser on to a path of our own.
func (v *visit) seeOther(path string) error { return v.Redirect(http.StatusSeeOther, path) }
