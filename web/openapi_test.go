package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

const apiPrefix = "/api/v1/"

// document makes the description of the API from routes, operations and types.
func document(t *testing.T, routes []route) []byte {
	t.Helper()
	s := &schemas{t: t, said: comments(t), made: object{}, refused: object{}}
	paths := object{}
	for _, r := range routes {
		if !strings.HasPrefix(r.path, apiPrefix) {
			continue
		}
		op, known := operations()[r.method+" "+r.path]
		if !known {
			t.Errorf("%s %s has no row in operations", r.method, r.path)
			continue
		}
		path := documentPath(r.path)
		item, _ := paths[path].(object)
		if item == nil {
			item = object{}
			paths[path] = item
		}
		item[strings.ToLower(r.method)] = s.operation(r, op)
	}
	s.of(reflect.TypeFor[ErrorAnswer](), false)
	doc := object{"openapi": "3.0.3", "paths": paths, "servers": []any{object{"url": "/"}},
		"security": []any{object{"token": []any{}}, object{"session": []any{}}},
		"info": object{"title": "Afterbeep", "version": "1", "description": "The archive of voicemails for programs. Every key of an answer is always there; " +
			"what is not known is null, empty or false. Times are RFC 3339 in UTC. What a program may do is what the person may whose token it sends; all of it is in the audit log."},
		"components": object{"schemas": s.made, "responses": s.refused, "securitySchemes": object{
			"token":   object{"type": "http", "scheme": "bearer", "description": "A token from the page of one’s own, or of `afterbeep token create`."},
			"session": object{"type": "apiKey", "in": "cookie", "name": "afterbeep", "description": "Who is signed in in a browser."}}}}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(doc); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// documentPath is the path of a route as documents write it.
func documentPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func (s *schemas) operation(r route, op operation) object {
	description := strings.TrimSpace(op.says + "\n\n" + "For " + strings.Join(rolesOf(r.right), ", ") + ".")
	out := object{"operationId": op.id, "summary": op.summary, "tags": []string{op.tag}, "description": description}
	if r.right == rightPublic {
		out["security"], out["description"] = []any{}, "For everybody."
	}
	var parameters []any
	for _, part := range strings.Split(r.path, "/") {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			p := pathParameters()[name]
			if strings.HasPrefix(r.path, apiDeliveriesPath) {
				p = pathParameters()["deliveryId"]
			}
			parameters = append(parameters, object{"name": name, "in": "path", "required": true, "description": p.says, "schema": p.schema})
		}
	}
	for _, p := range op.asks {
		parameters = append(parameters, object{"name": p.name, "in": "query", "description": p.says, "schema": p.schema, "allowEmptyValue": true})
	}
	if parameters != nil {
		out["parameters"] = parameters
	}
	if op.body != nil {
		out["requestBody"] = object{"required": op.need, "content": object{"application/json": object{"schema": s.of(op.body, true)}}}
	}
	out["responses"] = s.responses(r, op)
	return out
}

func (s *schemas) responses(r route, op operation) object {
	done := object{"description": "Done."}
	switch {
	case r.path == openAPIPath:
		done["content"] = object{"application/json": object{"schema": object{"type": "object"}}}
	case op.answer != nil:
		done["content"] = object{"application/json": object{"schema": s.of(op.answer, false)}}
	}
	out := object{fmt.Sprint(op.status): done}
	if op.empty != "" {
		out["204"] = object{"description": op.empty}
	}
	refusals := append([]int{500}, op.refuses...)
	if op.body != nil {
		refusals = append(refusals, http.StatusRequestEntityTooLarge)
	}
	if r.right != rightPublic {
		refusals = append(refusals, 400, 401, 403, 503)
	}
	for _, status := range refusals {
		name := strings.ReplaceAll(http.StatusText(status), " ", "")
		s.refused[name] = object{"description": http.StatusText(status),
			"content": object{"application/json": object{"schema": object{"$ref": "#/components/schemas/ErrorAnswer"}}}}
		out[fmt.Sprint(status)] = object{"$ref": "#/components/responses/" + name}
	}
	return out
}

// rolesOf are those that have a right, for people.
func rolesOf(r right) []string {
	var names []string
	for role, name := range map[store.Role]string{store.RoleAgent: "agents", store.RoleAnalyst: "analysts", store.RoleAdmin: "administrators"} {
		if may(role, r) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// The document that is served is the one that routes, types and comments make.
// Where this fails, run it with -update.
func TestOpenAPIDocument(t *testing.T) {
	b := newBench(t)
	want := document(t, b.routes())
	if *update {
		if err := os.WriteFile("openapi.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got := b.send(b.request("GET", openAPIPath, nil, nil))
	if diff := cmp.Diff(string(want), got.body); got.StatusCode != ok || diff != "" {
		t.Errorf("got %d; run with -update (-want +got):\n%s", got.StatusCode, diff)
	}
}

// Every route is in the document, and nothing else is.
func TestOpenAPIHasEveryRoute(t *testing.T) {
	want, got := map[string]bool{}, map[string]bool{}
	for _, r := range newBench(t).routes() {
		if strings.HasPrefix(r.path, apiPrefix) {
			want[r.method+" "+documentPath(r.path)] = true
		}
	}
	for path, item := range loadedAPI(t).Paths.Map() {
		for method := range item.Operations() {
			got[method+" "+path] = true
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-routes +document):\n%s", diff)
	}
	if len(got) != len(operations()) {
		t.Errorf("%d operations, and rows for %d", len(got), len(operations()))
	}
}

var parsedAPI = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(openapi3.NewLoader().Context)
})

// loadedAPI is the document that is served, and valid.
func loadedAPI(t testing.TB) *openapi3.T {
	t.Helper()
	doc, err := parsedAPI()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// asDocumented holds an answer of the API against the document. Every answer that
// a test of this package gets is.
func (b *bench) asDocumented(r *http.Request, a answer) {
	b.t.Helper()
	if !strings.HasPrefix(r.URL.Path, apiPrefix) || r.Method == http.MethodHead || a.StatusCode == http.StatusMethodNotAllowed {
		return
	}
	at := b.routed(r)
	if at == nil {
		return // it is in the list of no route
	}
	input := &openapi3filter.ResponseValidationInput{RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: at},
		Status: a.StatusCode, Header: a.Header, Body: io.NopCloser(strings.NewReader(a.body)), Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateResponse(b.t.Context(), input); err != nil {
		b.t.Errorf("%s %s answers otherwise than documented: %v", r.Method, at.Path, err)
	}
}

// routed is the route of a request in the document; nil where there is none.
func (b *bench) routed(r *http.Request) *routers.Route {
	c := b.echo.AcquireContext()
	defer b.echo.ReleaseContext(c)
	b.echo.Router().Find(r.Method, r.URL.Path, c)
	path := documentPath(c.Path())
	doc := loadedAPI(b.t)
	item := doc.Paths.Value(path)
	if item == nil || item.GetOperation(r.Method) == nil {
		return nil
	}
	return &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)}
}

// Every operation does what it says: one good request of each, and what the real
// handler answers. send holds both against the document.
func TestOpenAPIOfEveryOperation(t *testing.T) {
	b := newBench(t, equipped)
	ada := b.token("ada", store.RoleAdmin)
	id := b.asking("s1", "Billing", "please call me back at four one five", store.Finding{Requested: true, Confidence: 0.9})
	heard := b.archive(message{bot: "st-a", session: "s2", left: noon, caller: "+14155550100", segments: said("I want a refund"), recordings: wav(), length: time.Minute})[0]
	again := b.givenUp("ada")
	var saved SavedAnswer
	b.call(ada, "POST", apiSavedPath, `{"name": "Other", "search": "q=refund"}`).read(t, 201, &saved)
	var alert AlertKept
	b.call(ada, "POST", apiAlertsPath, fmt.Sprintf(`{"search_id": %d, "channel": "webhook", "target": "https://hooks.example.com/in", "quiet": {"from": "20:00", "to": "07:00"}}`, saved.ID)).read(t, 201, &alert)
	work := fmt.Sprintf("%s/%d/", apiCallbacks, id)
	asked := map[string]bool{}
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", openAPIPath, "", 200},
		{"GET", "/api/v1/voicemails?q=refund&facets=1&limit=5", "", 200},
		{"GET", "/api/v1/voicemails?q=nonsensicality&facets=1", "", 200},
		{"POST", fmt.Sprintf("/api/v1/voicemails/%d/notes", heard), `{"text": "Called back."}`, 201},
		{"PUT", fmt.Sprintf("/api/v1/voicemails/%d/tags/vip", heard), "", 200},
		{"GET", fmt.Sprintf("/api/v1/voicemails/%d?q=refund", heard), "", 200},
		{"PATCH", fmt.Sprintf("/api/v1/voicemails/%d/notes/1", heard), `{"text": "Called back twice."}`, 200},
		{"DELETE", fmt.Sprintf("/api/v1/voicemails/%d/notes/1", heard), "", 204},
		{"DELETE", fmt.Sprintf("/api/v1/voicemails/%d/tags/vip", heard), "", 204},
		{"GET", "/api/v1/sessions/s1", "", 200},
		{"GET", apiCallbacks + "?lane=requests&status=open&limit=10", "", 200},
		{"POST", apiCallbacks + "/next", `{"lane": "requests"}`, 200},
		{"POST", apiCallbacks + "/next", "", 204},
		{"GET", strings.TrimSuffix(work, "/"), "", 200},
		{"POST", work + "claim", `{"lease_s": 600}`, 200},
		{"POST", work + "note", `{"note": "Rings at noon."}`, 200},
		{"POST", work + "release", "", 200},
		{"POST", work + "undo", "", 200},
		{"POST", work + "assign", `{"assignee": "ada"}`, 200},
		{"POST", work + "attempt", `{"result": "busy"}`, 200},
		{"POST", work + "snooze", `{"until": "` + noon.Add(time.Hour).Format(time.RFC3339) + `"}`, 200},
		{"POST", work + "correct", `{"requested": true, "number": "+14155550123"}`, 200},
		{"POST", work + "close", `{"outcome": "reached"}`, 200},
		{"POST", work + "reopen", "", 200},
		{"GET", fmt.Sprintf("/api/v1/voicemails/%d", id), "", 200},
		{"GET", apiMeasurePath + "?period=7d", "", 200},
		{"GET", "/api/v1/ledger", "", 200},
		{"GET", apiSynonymsPath, "", 200},
		{"PUT", apiSynonymsPath, `{"text": "bill = invoice"}`, 200},
		{"GET", apiSavedPath, "", 200},
		{"POST", apiSavedPath, `{"name": "Third", "search": "", "shared": true}`, 201},
		{"GET", fmt.Sprintf("%s/%d", apiSavedPath, saved.ID), "", 200},
		{"PATCH", fmt.Sprintf("%s/%d", apiSavedPath, saved.ID), `{"name": "Renamed"}`, 200},
		{"POST", fmt.Sprintf("%s/%d/look", apiSavedPath, saved.ID), "", 200},
		{"GET", apiAlertsPath, "", 200},
		{"POST", apiAlertsPath, `{"kind": "overdue", "target": "ada@example.com", "older_than_s": 3600}`, 201},
		{"GET", fmt.Sprintf("%s/%d", apiAlertsPath, alert.ID), "", 200},
		{"PATCH", fmt.Sprintf("%s/%d", apiAlertsPath, alert.ID), `{"paused": true}`, 200},
		{"POST", fmt.Sprintf("%s/%d/test", apiAlertsPath, alert.ID), "", 200},
		{"GET", apiDeliveriesPath, "", 200},
		{"POST", fmt.Sprintf("%s/%s/again", apiDeliveriesPath, again), "", 204},
		{"DELETE", fmt.Sprintf("%s/%d", apiAlertsPath, alert.ID), "", 204},
		{"DELETE", fmt.Sprintf("%s/%d", apiSavedPath, saved.ID), "", 204},
	} {
		b.requestAsDocumented(c.method, c.path, c.body)
		got := b.call(ada, c.method, c.path, c.body)
		if got.StatusCode != c.status {
			t.Errorf("%s %s: got %d, want %d: %s", c.method, c.path, got.StatusCode, c.status, got.body)
		}
		if at := b.routed(b.request(c.method, c.path, nil, nil)); at != nil && c.status < 300 {
			asked[c.method+" "+at.Path] = true
		}
	}
	for path, item := range loadedAPI(t).Paths.Map() {
		for method := range item.Operations() {
			// What is old is taken up in the tests of the lane; send holds these, too.
			if !asked[method+" "+path] && !strings.HasSuffix(path, "/take") {
				t.Errorf("%s %s is never asked", method, path)
			}
		}
	}
}

// requestAsDocumented holds a good request against the document.
func (b *bench) requestAsDocumented(method, path, body string) {
	b.t.Helper()
	r := b.request(method, path, strings.NewReader(body), nil)
	if body == "" {
		r = b.request(method, path, nil, nil)
	}
	r.Header.Set("Content-Type", "application/json")
	at := b.routed(r)
	if at == nil {
		b.t.Errorf("%s %s is not in the document", method, path)
		return
	}
	c := b.echo.AcquireContext()
	defer b.echo.ReleaseContext(c)
	b.echo.Router().Find(r.Method, r.URL.Path, c)
	in := map[string]string{}
	for i, name := range c.ParamNames() {
		in[name] = c.ParamValues()[i]
	}
	input := &openapi3filter.RequestValidationInput{Request: r, Route: at, PathParams: in,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if err := openapi3filter.ValidateRequest(b.t.Context(), input); err != nil {
		b.t.Errorf("%s %s: %v", method, path, err)
	}
}

// A document that says otherwise than the handler is found out.
func TestOpenAPITellsDriftFromTruth(t *testing.T) {
	b := newBench(t)
	at := b.routed(b.request("GET", "/api/v1/voicemails", nil, nil))
	for name, body := range map[string]string{"a key more": `{"error": {"code": "bad_request", "message": "", "more": 1}}`, "a key less": `{"error": {"code": "bad_request"}}`,
		"another type": `{"error": {"code": "bad_request", "message": 5}}`, "another word": `{"error": {"code": "odd", "message": ""}}`} {
		err := openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: b.request("GET", "/api/v1/voicemails", nil, nil), Route: at},
			Status:                 400, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}, Body: io.NopCloser(strings.NewReader(body))})
		if err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
