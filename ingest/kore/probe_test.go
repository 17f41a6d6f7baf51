package kore

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func envelopeText(msg string, code int) string {
	return fmt.Sprintf(`{"errors":[{"msg":%q,"code":%d}]}`, msg, code)
}

func TestProbe(t *testing.T) {
	envelope := envelopeText
	type reply struct {
		status int
		body   string
	}
	good := reply{200, `{"numResults":0,"data":[]}`}
	none := reply{404, envelope("no such session", 404)}
	for _, tt := range []struct {
		name               string
		details, voicemail reply
		ahead              time.Duration // their clock
		want               Trouble
		asked              int
	}{
		{"all well", good, none, 0, TroubleNone, 2},
		{"all well, an empty voicemail", good, reply{200, `{"status":"success"}`}, 2 * time.Second, TroubleNone, 2},
		{"wrong secret", reply{401, envelope("error verifying the jwt: invalid signature", 401)}, none, 0, TroubleSecret, 1},
		{"wrong app id", reply{401, envelope("error verifying the jwt: unknown appId", 401)}, none, 0, TroubleAppID, 1},
		{"credentials", reply{401, envelope("Invalid SDK credentials", 4002)}, none, 0, TroubleCredentials, 1},
		{"their clock is ahead", reply{401, envelope("error verifying the jwt: jwt expired", 401)}, none, 10 * time.Minute, TroubleClock, 1},
		{"our clock is behind theirs by ten minutes", reply{401, envelope("error verifying the jwt: jwt not active", 401)}, none, 10 * time.Minute, TroubleClock, 1},
		{"the clocks, by the words alone", reply{401, envelope("token issued at a time in the future", 401)}, none, 0, TroubleClock, 1},
		{"their clock is behind", reply{401, envelope("Unauthorized", 401)}, none, -10 * time.Minute, TroubleClock, 1},
		{"wants a token id", reply{401, envelope("error verifying the jwt: jti is missing", 401)}, none, 0, TroubleTokenID, 1},
		{"replay", reply{401, envelope("error verifying the jwt: possibly a replay", 401)}, none, 0, TroubleReplay, 2},
		{"no scope for analytics", reply{403, ""}, none, 0, TroubleScope, 2},
		{"no scope for voicemails", good, reply{403, ""}, 0, TroubleScope, 2},
		{"limited", reply{200, envelope("You've exceeded the hourly rate limit.", 429)}, none, 0, TroubleLimited, 1},
		{"another server", reply{200, "<html>"}, none, 0, TroubleOther, 1},
		{"encrypted", reply{200, `{"data":"QUFB","iv":"QUFB"}`}, none, 0, TroubleEncrypted, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Now()
			asked := 0
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked++
				answer := tt.voicemail
				if strings.Contains(r.URL.Path, "callDetails") {
					answer = tt.details
				}
				w.Header().Set("Date", now.Add(tt.ahead).UTC().Format(http.TimeFormat))
				w.WriteHeader(answer.status)
				io.WriteString(w, answer.body)
			})
			c, _ := newClient(t, s.URL, func(c *Config) { c.Now = func() time.Time { return now } })
			r, err := c.Probe(t.Context(), ProbeQuery{BotID: testBot})
			if r.Trouble != tt.want || (err == nil) != (tt.want == TroubleNone) || asked != tt.asked {
				t.Errorf("got %+v after %d requests, %v; want %q after %d", r, asked, err, tt.want, tt.asked)
			}
			if !r.SkewKnown || (r.Skew-tt.ahead).Abs() > time.Second {
				t.Errorf("got skew %v, want %v", r.Skew, tt.ahead)
			}
			if (tt.want == TroubleScope) != (KindOf(r.Analytics) == KindScope || KindOf(r.Voicemail) == KindScope) {
				t.Errorf("got analytics %v, voicemail %v", r.Analytics, r.Voicemail)
			}
		})
	}
	t.Run("unreachable", func(t *testing.T) {
		s := serve(t, func(http.ResponseWriter, *http.Request) {})
		s.Close()
		c, _ := newClient(t, s.URL, nil)
		if r, err := c.Probe(t.Context(), ProbeQuery{BotID: testBot}); r.Trouble != TroubleUnreachable || err == nil || r.SkewKnown {
			t.Errorf("got %+v, %v", r, err)
		}
	})
}

// TestProbeScopes asks for more than voicemails, and names each scope that is
// missing, as the upstream does.
func TestProbeScopes(t *testing.T) {
	all := []string{ScopeVoicemail, ScopeAnalytics, ScopeRecordings, ScopeSessions}
	places := map[string]string{"callDetails": ScopeAnalytics, "/voicemail": ScopeVoicemail, "/v2/recordings": ScopeRecordings, "/getSessions": ScopeSessions}
	for _, tt := range []struct {
		name    string
		refuse  []string
		q       ProbeQuery
		broken  string // answers that its token is wrong
		want    []string
		asked   int
		trouble Trouble
	}{
		{"nothing missing", nil, ProbeQuery{Recordings: true, Sessions: true}, "", nil, 4, TroubleNone},
		{"all missing", all, ProbeQuery{Recordings: true, Sessions: true}, "", all, 4, TroubleScope},
		{"voicemails", all[:1], ProbeQuery{Recordings: true, Sessions: true}, "", all[:1], 4, TroubleScope},
		{"analytics", all[1:2], ProbeQuery{Recordings: true, Sessions: true}, "", all[1:2], 4, TroubleScope},
		{"recordings", all[2:3], ProbeQuery{Recordings: true, Sessions: true}, "", all[2:3], 4, TroubleScope},
		{"sessions", all[3:], ProbeQuery{Recordings: true, Sessions: true}, "", all[3:], 4, TroubleScope},
		{"not asked for", all[2:], ProbeQuery{}, "", nil, 2, TroubleNone},
		{"recordings alone are asked for", all[2:], ProbeQuery{Recordings: true}, "", all[2:3], 3, TroubleScope},
		{"sessions alone are asked for", all[2:], ProbeQuery{Sessions: true}, "", all[3:], 3, TroubleScope},
		{"a scope and then worse", all[1:2], ProbeQuery{Recordings: true, Sessions: true}, ScopeRecordings, all[1:2], 3, TroubleSecret},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := 0
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				asked++
				for place, scope := range places {
					if !strings.Contains(r.URL.Path, place) {
						continue
					}
					switch {
					case scope == tt.broken:
						w.WriteHeader(401)
						io.WriteString(w, envelopeText("invalid signature", 401))
					case slices.Contains(tt.refuse, scope):
						w.WriteHeader(403)
						io.WriteString(w, envelopeText("The app has no scope for this", 403))
					default:
						io.WriteString(w, `{"status":"success","data":[],"sessions":[],"recording":[]}`)
					}
				}
			})
			c, _ := newClient(t, s.URL, nil)
			tt.q.BotID = testBot
			r, err := c.Probe(t.Context(), tt.q)
			if r.Trouble != tt.trouble || (err == nil) != (tt.trouble == TroubleNone) || asked != tt.asked {
				t.Errorf("got %q and %v after %d requests, want %q after %d", r.Trouble, err, asked, tt.trouble, tt.asked)
			}
			if d := cmp.Diff(tt.want, r.MissingScopes()); d != "" {
				t.Errorf("missing scopes -want +got:\n%s", d)
			}
		})
	}
}

// TestProbeClientID says what is wrong where the upstream does not, but it shows.
func TestProbeClientID(t *testing.T) {
	s := answering(t, 401, nil, envelopeText("Invalid SDK credentials", 4002))
	for id, want := range map[string]Trouble{testClient: TroubleCredentials, "My App": TroubleAppID, "st-11111111-2222": TroubleAppID} {
		c, _ := newClient(t, s.URL, func(c *Config) { c.ClientID = id })
		if r, err := c.Probe(t.Context(), ProbeQuery{BotID: testBot}); r.Trouble != want || err == nil {
			t.Errorf("%s: got %q, %v, want %q", id, r.Trouble, err, want)
		}
	}
}
