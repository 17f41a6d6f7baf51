package main

import (
	"strings"
	"testing"

	"afterbeep/store/storetest"
)

// awaitIndexed waits until the index holds all that the store has.
func (p *process) awaitIndexed() {
	p.in.t.Helper()
	p.await("the index is up to date", func() (bool, string) {
		status, body := p.get("/readyz", "")
		return status == 200 && strings.Contains(body, `"lag":0`), body
	})
}

// TestPostgresRestart takes the database away from a running server and gives
// it back.
func TestPostgresRestart(t *testing.T) {
	t.Parallel()
	in := install(t)
	database := storetest.PostgresServer(t)
	in.env["DATABASE_URL"] = database.URL
	in.must("", "import", vendorSample)
	token := in.token("ann", "analyst")
	server := in.serve()
	server.awaitTotal(token, 1)

	database.Stop()
	server.await("readiness is red", func() (bool, string) {
		status, body := server.get("/readyz", "")
		return status == 503, body
	})
	if status, body := server.get("/healthz", ""); status != 200 {
		t.Errorf("healthz without a database: %d %s", status, body)
	}
	if status, body := server.get("/login", ""); status != 200 && status != 503 {
		t.Errorf("login page without a database: %d %s", status, body)
	}
	if status, body := server.get("/api/v1/voicemails", token); status != 503 || !strings.Contains(body, `"error"`) {
		t.Errorf("the API without a database: %d %s", status, body)
	}
	if status, body := server.get("/", token); status != 503 || !strings.Contains(body, "database") {
		t.Errorf("the search page without a database: %d %s", status, body)
	}

	database.Start()
	server.await("readiness is green again", func() (bool, string) {
		status, body := server.get("/readyz", "")
		return status == 200, body
	})
	in.must(`{"botId":"st-1","sessionId":"s-2","response":{"status":"success","transcriptions":[{"_id":"ms-2","components":[{"cT":"text","data":{"text":"after the restart"}}]}]}}`, "import", "-")
	server.awaitTotal(token, 2)
	server.stop()
}
