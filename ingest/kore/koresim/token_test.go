package koresim

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// sign makes a token of any kind.
func sign(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	raw, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestTokens(t *testing.T) {
	now := at
	in := func(d time.Duration) int64 { return now.Add(d).Unix() }
	secret := []byte(defaultClientSecret)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name    string
		enforce bool
		token   func() string
		status  int
		msg     string
		code    float64
	}{
		{name: "only appId, as in the sample", token: func() string { return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID}) }, status: 200},
		{name: "HS512", token: func() string { return sign(t, jwt.SigningMethodHS512, secret, jwt.MapClaims{"appId": defaultClientID}) }, status: 200},
		{name: "with exp and jti", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "sub": "x", "iat": in(0), "exp": in(time.Minute), "jti": "a"})
		}, status: 200},
		{name: "number as jti", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "exp": in(time.Minute), "jti": 12345})
		}, status: 200},
		{name: "exp of exactly an hour", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "exp": in(time.Hour), "jti": "hour"})
		}, status: 200},
		{name: "long exp without jti", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "exp": in(23 * time.Hour)})
		}, status: 200},
		{name: "exp of two hours with jti", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "exp": in(2 * time.Hour), "jti": "b"})
		}, status: 401, msg: msgJTIHour, code: 401},
		{name: "jti without exp", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "jti": "c"})
		}, status: 401, msg: msgJTIHour, code: 401},
		{name: "kore_jti without exp", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "kore_jti": "c"})
		}, status: 401, msg: msgJTIHour, code: 401},
		{name: "no jti where enforced", enforce: true, token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "exp": in(time.Minute)})
		}, status: 401, msg: msgJTIMissing, code: 401},
		{name: "expired", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "exp": in(-time.Minute)})
		}, status: 401, msg: msgExpired, code: 401},
		{name: "issued in the future", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "iat": in(10 * time.Minute), "exp": in(11 * time.Minute)})
		}, status: 401, msg: msgNotYet, code: 401},
		{name: "none", token: func() string { return "" }, status: 401, msg: msgCredentials, code: 4002},
		{name: "with a scheme", token: func() string {
			return "Bearer " + sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID})
		}, status: 401, msg: msgCredentials, code: 4002},
		{name: "appid in small letters", token: func() string { return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appid": defaultClientID}) }, status: 401, msg: msgCredentials, code: 4002},
		{name: "App ID", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"App ID": defaultClientID})
		}, status: 401, msg: msgCredentials, code: 4002},
		{name: "another app", token: func() string { return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": "cs-other"}) }, status: 401, msg: msgCredentials, code: 4002},
		{name: "another secret", token: func() string {
			return sign(t, jwt.SigningMethodHS256, []byte("wrong"), jwt.MapClaims{"appId": defaultClientID})
		}, status: 401, msg: msgCredentials, code: 4002},
		{name: "alg none", token: func() string {
			return sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, jwt.MapClaims{"appId": defaultClientID})
		}, status: 401, msg: msgCredentials, code: 4002},
		{name: "HS384", token: func() string { return sign(t, jwt.SigningMethodHS384, secret, jwt.MapClaims{"appId": defaultClientID}) }, status: 401, msg: msgCredentials, code: 4002},
		{name: "RS256", token: func() string { return sign(t, jwt.SigningMethodRS256, rsaKey, jwt.MapClaims{"appId": defaultClientID}) }, status: 401, msg: msgCredentials, code: 4002},
		{name: "cut off", token: func() string {
			raw := sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID})
			return raw[:len(raw)-4]
		}, status: 401, msg: msgCredentials, code: 4002},
		{name: "exp as text", token: func() string {
			return sign(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"appId": defaultClientID, "exp": "soon"})
		}, status: 401, msg: msgCredentials, code: 4002},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := start(t, Config{Voicemails: 3, Other: -1, EnforceJTI: tc.enforce, Quirks: documented(nil)})
			h := map[string]string{}
			if raw := tc.token(); raw != "" {
				h["auth"] = raw
			}
			a := f.must("GET", f.voicemailURL(f.Voicemails()[0].SessionID), h, nil)
			if a.status != tc.status {
				t.Fatalf("got status %d, want %d: %s", a.status, tc.status, a.body)
			}
			if tc.status == 200 {
				return
			}
			var got struct {
				Errors []struct {
					Msg  string
					Code float64
				}
			}
			if err := json.Unmarshal(a.body, &got); err != nil || len(got.Errors) != 1 {
				t.Fatalf("no envelope: %v: %s", err, a.body)
			}
			if got.Errors[0].Msg != tc.msg || got.Errors[0].Code != tc.code {
				t.Errorf("got %q %v, want %q %v", got.Errors[0].Msg, got.Errors[0].Code, tc.msg, tc.code)
			}
			if f.Stats().BadTokens != 1 {
				t.Errorf("bad tokens: got %d, want 1", f.Stats().BadTokens)
			}
		})
	}
}

func TestTokenInAnotherHeaderIsNone(t *testing.T) {
	f := start(t, Config{Voicemails: 3, Other: -1, Quirks: documented(func(q *Quirks) { q.AuthStatus = 400 })})
	a := f.must("GET", f.voicemailURL(f.Voicemails()[0].SessionID), map[string]string{"Authorization": token(t, f.Sim, nil)}, nil)
	if a.status != 400 || !strings.Contains(string(a.body), "4002") {
		t.Errorf("got status %d: %s, want 400 and 4002", a.status, a.body)
	}
}

func TestReplayIsRejected(t *testing.T) {
	now := at
	f := start(t, Config{Voicemails: 3, Other: -1, Quirks: documented(nil), Now: func() time.Time { return now }})
	url := f.voicemailURL(f.Voicemails()[0].SessionID)
	raw := token(t, f.Sim, nil)
	if a := f.must("GET", url, map[string]string{"auth": raw}, nil); a.status != 200 {
		t.Fatalf("first use: got status %d", a.status)
	}
	if a := f.must("GET", url, map[string]string{"auth": raw}, nil); a.status != 401 || !strings.Contains(string(a.body), "possibly a replay") {
		t.Errorf("second use: got status %d: %s, want 401", a.status, a.body)
	}
	// A new token with the same jti is a replay as well.
	same := func(c jwt.MapClaims) { c["jti"] = "same" }
	f.must("GET", url, map[string]string{"auth": token(t, f.Sim, same)}, nil)
	if a := f.must("GET", url, map[string]string{"auth": token(t, f.Sim, same)}, nil); a.status != 401 {
		t.Errorf("same jti in another token: got status %d, want 401", a.status)
	}
	st := f.Stats()
	if st.Replays != 2 || st.Tokens != 2 || len(st.TokenHashes) != 2 || st.TokenHashes[0] == st.TokenHashes[1] {
		t.Errorf("stats: got %+v, want 2 replays and 2 tokens with different digests", st)
	}
}
