package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"afterbeep/store"
)

// hungUp is a connection whose other end is closed.
type hungUp struct{ *httptest.ResponseRecorder }

func (hungUp) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// Who leaves before the answer comes is no error of the program.
func TestWhoLeavesIsNoError(t *testing.T) {
	b := newBench(t)
	agent := b.person("ann", store.RoleAgent)
	gone, leave := context.WithCancel(t.Context())
	leave()
	asked := b.request(http.MethodGet, "/api/v1/nowhere", nil, agent)
	asked.Header.Set("Accept", "application/json")
	b.ServeHTTP(hungUp{httptest.NewRecorder()}, asked.WithContext(gone))
	if log := b.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("the log says %s", log)
	}
}
