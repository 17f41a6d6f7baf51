package main

import (
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
)

// TestDoctorNamesTheTrouble goes through what goes wrong when a bot is
// connected: each is one bad line that says what to do.
func TestDoctorNamesTheTrouble(t *testing.T) {
	plain := koresim.Documented()
	telling := plain
	telling.TellsSignature = true
	for _, tt := range []struct {
		name   string
		sim    koresim.Config
		change func(t *testing.T, in *installation, upstream *koresim.Server)
		what   string // of the bad line
		want   string
	}{
		{name: "nothing", what: ""},
		{
			name: "wrong secret", what: "upstream", want: "the client secret is wrong; copy it again", sim: koresim.Config{Quirks: &telling},
			change: func(_ *testing.T, in *installation, _ *koresim.Server) {
				in.env["KORE_CLIENT_SECRET"] = "not-the-secret"
			},
		},
		{
			name: "wrong secret, and the upstream does not say so", what: "upstream", want: "client id or client secret is wrong",
			change: func(_ *testing.T, in *installation, _ *koresim.Server) {
				in.env["KORE_CLIENT_SECRET"] = "not-the-secret"
			},
		},
		{
			name: "wrong app id", what: "upstream", want: "client id",
			change: func(_ *testing.T, in *installation, _ *koresim.Server) { in.env["KORE_CLIENT_ID"] = "cs-nobody" },
		},
		{
			name: "no scope for voicemails", what: "upstream", want: "tick SmartAssist Voicemail for the JWT app, save, and publish",
			sim: koresim.Config{Scopes: []koresim.Scope{koresim.ScopeAnalytics, koresim.ScopeRecordings, koresim.ScopeSessions}},
		},
		{
			name: "no scope for call details", what: "upstream", want: "tick SmartAssist Analytics",
			sim: koresim.Config{Scopes: []koresim.Scope{koresim.ScopeVoicemail, koresim.ScopeRecordings}},
		},
		{
			name: "no scope for recordings", what: "upstream", want: "tick SmartAssist Recordings",
			sim: koresim.Config{Scopes: []koresim.Scope{koresim.ScopeAnalytics, koresim.ScopeVoicemail}},
		},
		{
			name: "the clock is off", what: "clock", want: "10m",
			sim: koresim.Config{Now: func() time.Time { return time.Now().Add(10 * time.Minute) }},
		},
		{
			name: "unreachable", what: "upstream", want: "no answer; check AFTERBEEP_KORE_BASE_URL",
			change: func(_ *testing.T, in *installation, _ *koresim.Server) {
				in.env["KORE_BASE_URL"] = "http://" + closedPort
			},
		},
		{
			name: "request limit used up", what: "upstream", want: "request limit is used up",
			sim: koresim.Config{RatePerMinute: 1},
			change: func(t *testing.T, in *installation, _ *koresim.Server) {
				if code, stdout, _ := in.run("", "doctor"); code != 1 { // the second of its requests is over the limit
					t.Fatalf("a first doctor: status %d: %s", code, stdout)
				}
			},
		},
		{
			name: "media host", what: "media host", want: "which is not allowed; add it to AFTERBEEP_KORE_MEDIA_HOSTS",
			change: func(t *testing.T, in *installation, upstream *koresim.Server) {
				session := upstream.Sim.Voicemails()[0].SessionID
				if code, _, stderr := in.run("", "ingest", "--session", session); code != 0 {
					t.Fatalf("ingest: %s", stderr)
				}
				in.env["KORE_MEDIA_HOSTS"] = "127.0.0.2"
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := install(t)
			c := tt.sim
			c.Voicemails, c.Until = 5, lately()
			if c.Quirks == nil {
				c.Quirks = &plain
			}
			upstream := in.connect(c)
			if tt.change != nil {
				tt.change(t, in, upstream)
			}
			code, stdout, stderr := in.run("", "doctor")
			var bad []string
			for line := range strings.Lines(stdout) {
				if strings.HasPrefix(line, "BAD ") {
					bad = append(bad, line)
				}
			}
			if tt.what == "" {
				if code != 0 || len(bad) > 0 {
					t.Errorf("status %d: %s%s", code, stdout, stderr)
				}
				return
			}
			found := false
			for _, line := range bad {
				found = found || strings.HasPrefix(line, "BAD  "+tt.what+" ") && strings.Contains(line, tt.want)
			}
			if code != 1 || !found {
				t.Errorf("status %d, want a bad line of %s with %q:\n%s%s", code, tt.what, tt.want, stdout, stderr)
			}
			if strings.Contains(stdout+stderr, in.env["KORE_CLIENT_SECRET"]) {
				t.Error("the secret is printed")
			}
		})
	}
}

// closedPort is an address of this machine where nobody listens, and no test that
// runs meanwhile is given to listen at.
const closedPort = "127.0.0.1:1"
