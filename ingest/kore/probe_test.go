package kore

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestProbe(t *testing.T) {
	envelope := func(msg string, code int) string {
		return fmt.Sprintf(`{"errors":[{"msg":%q,"code":%d}]}`, msg, code)
	}
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
