package kore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNewRefuses(t *testing.T) {
	good := Config{BaseURL: "https://platform.kore.ai", AccountID: "a", ClientID: "c", ClientSecret: testSecret, Budget: &budget{}}
	for _, tt := range []struct {
		name, want string
		change     func(*Config)
	}{
		{"no base", "base URL is missing", func(c *Config) { c.BaseURL = " " }},
		{"base without scheme", "base URL: ", func(c *Config) { c.BaseURL = "platform.kore.ai" }},
		{"base of another scheme", "base URL: want", func(c *Config) { c.BaseURL = "ftp://platform.kore.ai" }},
		{"base without host", "host is missing", func(c *Config) { c.BaseURL = "https:///x" }},
		{"base with a user", "no user", func(c *Config) { c.BaseURL = "https://u:" + testSecret + "@h" }},
		{"base with a query", "no user, query", func(c *Config) { c.BaseURL = "https://h/?a=b" }},
		{"no account", "account id is missing", func(c *Config) { c.AccountID = "" }},
		{"account with a slash", "account id is not an id", func(c *Config) { c.AccountID = "a/b" }},
		{"no client id", "client id is missing", func(c *Config) { c.ClientID = "" }},
		{"no secret", "client secret is missing", func(c *Config) { c.ClientSecret = "\n" }},
		{"unknown algorithm", "want HS256 or HS512", func(c *Config) { c.Alg = "none" }},
		{"no budget", "budget is missing", func(c *Config) { c.Budget = nil }},
		{"negative cap", "negative", func(c *Config) { c.MaxReply = -1 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg := good
			tt.change(&cfg)
			_, err := New(cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), testSecret) {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
	if _, err := New(good); err != nil {
		t.Errorf("got %v, want none", err)
	}
}

func TestSecretIsNotPrinted(t *testing.T) {
	cfg := Config{BaseURL: "http://127.0.0.1:1", AccountID: "a", ClientID: "c", ClientSecret: testSecret, Budget: &budget{}}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("x", "cfg", cfg, "client", c, "both", []any{cfg, c})
	}
	marshalled, _ := json.Marshal(map[string]any{"client": c})
	log.Write(marshalled)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&log, verb+verb+verb+verb+"\n", cfg, &cfg, c, *c)
		fmt.Fprintf(&log, verb, struct{ C any }{cfg})
	}
	for _, form := range []string{testSecret, fmt.Sprintf("%x", testSecret), fmt.Sprint([]byte(testSecret)), testSecret[:20]} {
		if strings.Contains(log.String(), form) {
			t.Errorf("the secret is printed as %q", form)
		}
	}
}

func TestWarnings(t *testing.T) {
	for base, want := range map[string]int{
		"https://platform.kore.ai": 0, "http://127.0.0.1:9": 0, "http://localhost:9": 0, "http://[::1]:9": 0, "http://platform.kore.ai": 1, "http://10.0.0.1": 1,
	} {
		c, _ := newClient(t, base, nil)
		if got := c.Warnings(); len(got) != want {
			t.Errorf("%s: got warnings %q, want %d", base, got, want)
		}
	}
}

// TestRequest holds what goes over the wire for each algorithm.
func TestRequest(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		alg     string
		jti     bool
		wantAlg string
	}{{"", true, "HS256"}, {"HS512", true, "HS512"}, {"HS256", false, "HS256"}} {
		t.Run(tt.alg, func(t *testing.T) {
			var tokens []string
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				tokens = append(tokens, r.Header.Get("auth"))
				if want := "/base/api/public/bot/st-1%3F/voicemail?sessionId=a%26b&transcription=true"; r.Method != "GET" || r.RequestURI != want {
					t.Errorf("got %s %s, want GET %s", r.Method, r.RequestURI, want)
				}
				if r.ContentLength != 0 || len(r.TransferEncoding) > 0 || r.Header.Get("Authorization") != "" {
					t.Errorf("got length %d, encoding %q, authorization %q", r.ContentLength, r.TransferEncoding, r.Header.Get("Authorization"))
				}
				io.WriteString(w, `{}`)
			})
			c, b := newClient(t, s.URL+"/base/", func(c *Config) {
				c.Alg, c.JTI, c.Now = tt.alg, tt.jti, func() time.Time { return now }
			})
			for range 2 {
				if _, err := c.Voicemail(t.Context(), ClassFresh, "st-1?", "a&b"); err != nil {
					t.Fatal(err)
				}
			}
			ids := map[any]bool{}
			for _, token := range tokens {
				claims := claimsOf(t, token, tt.wantAlg, now)
				if claims["appId"] != testClient {
					t.Errorf("got appId %v", claims["appId"])
				}
				iat, exp := int64(claims["iat"].(float64)), int64(claims["exp"].(float64))
				if exp != now.Unix()+60 || iat >= now.Unix() || iat < now.Unix()-30 {
					t.Errorf("got iat %d, exp %d at %d", iat, exp, now.Unix())
				}
				id, has := claims["jti"]
				if has != tt.jti || has && (id == "" || ids[id]) {
					t.Errorf("got jti %v again or unasked", id)
				}
				ids[id] = true
			}
			classes, verdicts := b.seen()
			if d := cmp.Diff([]Class{ClassFresh, ClassFresh}, classes); d != "" {
				t.Errorf("reserved -want +got:\n%s", d)
			}
			if d := cmp.Diff([]Verdict{{}, {}}, verdicts); d != "" {
				t.Errorf("reported -want +got:\n%s", d)
			}
		})
	}
}

func TestBadIDsAreNotSent(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	c, b := newClient(t, s.URL, nil)
	for _, id := range []string{"", ".", "..", "a b", "a/b", "a\\b", "a\r\nauth: x", "\xff", strings.Repeat("a", 300)} {
		if _, err := c.Voicemail(t.Context(), ClassFresh, id, testSession); KindOf(err) != KindBadRequest {
			t.Errorf("bot %q: got %v", id, err)
		}
		if _, err := c.Voicemail(t.Context(), ClassFresh, testBot, id); KindOf(err) != KindBadRequest {
			t.Errorf("session %q: got %v", id, err)
		}
	}
	if classes, _ := b.seen(); len(classes) > 0 {
		t.Errorf("the budget was drawn on: %v", classes)
	}
}

// TestFailures walks over the answers that are none.
func TestFailures(t *testing.T) {
	envelope := func(msg string, code any) string {
		return string(mustJSON(t, map[string]any{"errors": []any{map[string]any{"msg": msg, "code": code}}}))
	}
	replayHeader := map[string]string{"response-error-description": envelope("Invalid apikey", 4002)}
	for _, tt := range []struct {
		name     string
		status   int
		header   map[string]string
		body     string
		want     Error
		verdicts int // what the budget hears of the limit: nothing, or something
	}{
		{"429 bare", 429, nil, "", Error{Kind: KindLimited, Status: 429, Msg: "too many requests"}, 1},
		{"429 with seconds", 429, map[string]string{"Retry-After": "7"}, "{}", Error{Kind: KindLimited, Status: 429, Msg: "too many requests", RetryAfter: 7 * time.Second}, 1},
		{"limited under 500", 500, nil, envelope("You've exceeded the hourly rate limit. Please wait for sometime before retrying.", 500),
			Error{Kind: KindLimited, Status: 500, Code: "500", Hourly: true, Msg: "You've exceeded the hourly rate limit. Please wait for sometime before retrying."}, 1},
		{"limited under 200", 200, map[string]string{"Retry-After": "2"}, envelope("Rate limit for this API has been reached", "x1"),
			Error{Kind: KindLimited, Status: 200, Code: "x1", RetryAfter: 2 * time.Second, Msg: "Rate limit for this API has been reached"}, 1},
		{"limited in a page", 503, nil, "<html><body><h1>rate-limit</h1></body>", Error{Kind: KindLimited, Status: 503, Msg: "rate-limit"}, 1},
		{"401", 401, nil, envelope("Invalid apikey", 4002), Error{Kind: KindToken, Status: 401, Code: "4002", Msg: "Invalid apikey"}, 0},
		{"401 in the header only", 401, replayHeader, "", Error{Kind: KindToken, Status: 401, Code: "4002", Msg: "Invalid apikey"}, 0},
		{"200 with the header", 200, replayHeader, "{}", Error{Kind: KindToken, Status: 200, Code: "4002", Msg: "Invalid apikey"}, 0},
		{"400 about the token", 400, nil, envelope(`error verifying the jwt: if "jti" claim "exp" must be <= 1 hour(s)`, 401), Error{Kind: KindToken, Status: 400, Code: "401", Msg: `error verifying the jwt: if "jti" claim "exp" must be <= 1 hour(s)`}, 0},
		{"403", 403, nil, "", Error{Kind: KindScope, Status: 403, Msg: "forbidden"}, 1},
		{"404", 404, nil, envelope("nothing here", 404), Error{Kind: KindNotFound, Status: 404, Code: "404", Msg: "nothing here"}, 1},
		{"404 as a page", 404, nil, "<html><title>Not Found</title>", Error{Kind: KindMalformed, Status: 404, Msg: "a page instead of the API: Not Found"}, 0},
		{"410", 410, nil, "", Error{Kind: KindGone, Status: 410, Msg: "gone"}, 1},
		{"400", 400, nil, "nonsense", Error{Kind: KindBadRequest, Status: 400, Msg: "nonsense"}, 1},
		{"408", 408, nil, "", Error{Kind: KindServer, Status: 408, Msg: "request timeout"}, 0},
		{"503 with a wait", 503, map[string]string{"Retry-After": "3"}, "", Error{Kind: KindServer, Status: 503, Msg: "service unavailable", RetryAfter: 3 * time.Second}, 0},
		{"redirect", 302, map[string]string{"Location": "/login"}, "", Error{Kind: KindMalformed, Status: 302, Msg: "found"}, 0},
		{"page", 200, nil, "<html><head><title>Maintenance</title>", Error{Kind: KindMalformed, Status: 200, Msg: "not JSON: Maintenance"}, 0},
		{"JSON without an envelope says nothing", 500, nil, `{"transcriptions":[{"text":"my secret"}]}`, Error{Kind: KindServer, Status: 500, Msg: "internal server error"}, 0},
		{"limited under a key of no envelope", 500, nil, `{"reason":"rate limit exceeded","note":"my secret"}`, Error{Kind: KindLimited, Status: 500, Msg: "rate limit exceeded"}, 1},
		{"not by what was said", 500, nil, `{"transcriptions":"your rate limit","data":{"text":"your rate limit"}}`, Error{Kind: KindServer, Status: 500, Msg: "internal server error"}, 0},
		{"half JSON says nothing", 500, nil, `{"transcriptions":[{"text":"my secret`, Error{Kind: KindServer, Status: 500, Msg: "internal server error"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, b := newClient(t, answering(t, tt.status, tt.header, tt.body).URL, nil)
			_, err := c.Voicemail(t.Context(), ClassFresh, testBot, testSession)
			var got *Error
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want an *Error", err)
			}
			tt.want.Op = opVoicemail
			if d := cmp.Diff(tt.want, *got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".cause" || p.Last().String() == ".Excerpt" }, cmp.Ignore())); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
			classes, verdicts := b.seen()
			want := Verdict{Limited: got.Kind == KindLimited, RetryAfter: got.RetryAfter, Hourly: got.Hourly}
			if tt.verdicts == 0 {
				want = Verdict{Unclear: true}
			}
			if d := cmp.Diff([]Verdict{want}, verdicts); d != "" || len(classes) != 1 {
				t.Errorf("got %d attempts, want 1, and verdicts -want +got:\n%s", len(classes), d)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		after, date string
		want        time.Duration
	}{
		{"", "", 0}, {"5", "", 5 * time.Second}, {" 1.5 ", "", 1500 * time.Millisecond}, {"-5", "", 0}, {"soon", "", 0},
		{"NaN", "", 0}, {"Inf", "", maxRetryAfter}, {"1e300", "", maxRetryAfter},
		{"Sun, 01 Mar 2026 12:00:30 GMT", "", 30 * time.Second},
		{"Sun, 01 Mar 2026 12:00:30 GMT", "Sun, 01 Mar 2026 12:00:20 GMT", 10 * time.Second},
		{"Sun, 01 Mar 2026 11:00:00 GMT", "", 0},
	} {
		h := http.Header{"Retry-After": {tt.after}, "Date": {tt.date}}
		if got := retryAfter(h, now); got != tt.want {
			t.Errorf("%q at %q: got %v, want %v", tt.after, tt.date, got, tt.want)
		}
	}
}

// TestReplayIsRetriedOnce lets the first token pass for a replay, then each.
func TestReplayIsRetriedOnce(t *testing.T) {
	for _, tt := range []struct {
		name      string
		refusals  int
		wantSent  int
		wantKind  Kind
		wantError error
	}{{"once", 1, 2, KindNone, nil}, {"always", 9, 2, KindToken, ErrReplay}} {
		t.Run(tt.name, func(t *testing.T) {
			tokens := map[string]bool{}
			sent := 0
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				sent++
				tokens[r.Header.Get("auth")] = true
				if sent <= tt.refusals {
					w.WriteHeader(401)
					io.WriteString(w, `{"errors":[{"msg":"error verifying the jwt: possibly a replay","code":401}]}`)
					return
				}
				io.WriteString(w, `{"status":"success","voicemail recording":[]}`)
			})
			c, b := newClient(t, s.URL, nil)
			_, err := c.Voicemail(t.Context(), ClassListener, testBot, testSession)
			if KindOf(err) != tt.wantKind || tt.wantError != nil && !errors.Is(err, tt.wantError) {
				t.Errorf("got %v", err)
			}
			classes, _ := b.seen()
			if sent != tt.wantSent || len(tokens) != tt.wantSent || len(classes) != tt.wantSent {
				t.Errorf("got %d sent, %d tokens, %d reserved, want %d", sent, len(tokens), len(classes), tt.wantSent)
			}
		})
	}
}

// TestTokenThatRanOutOnItsWayIsReplaced lets the clock pass a token's life while
// its request is under way, as when a machine was asleep, once or each time.
func TestTokenThatRanOutOnItsWayIsReplaced(t *testing.T) {
	for _, tt := range []struct {
		name     string
		takes    time.Duration
		refusals int
		wantSent int
		wantKind Kind
	}{
		{"once", 2 * time.Minute, 1, 2, KindNone},
		{"always", 2 * time.Minute, 9, 2, KindToken},
		{"refused while it is young", time.Second, 9, 1, KindToken},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var mu sync.Mutex
			now, sent := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), 0
			clock := func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				if sent++; sent <= tt.refusals {
					now = now.Add(tt.takes)
					w.WriteHeader(401)
					io.WriteString(w, `{"errors":[{"msg":"error verifying the jwt: jwt expired","code":401}]}`)
					return
				}
				io.WriteString(w, `{"status":"success","voicemail recording":[]}`)
			})
			c, _ := newClient(t, s.URL, func(c *Config) { c.Now = clock })
			_, err := c.Voicemail(t.Context(), ClassListener, testBot, testSession)
			if KindOf(err) != tt.wantKind || sent != tt.wantSent {
				t.Errorf("got %v after %d requests, want %v after %d", err, sent, tt.wantKind, tt.wantSent)
			}
		})
	}
}

func TestTimeoutsAndRefusals(t *testing.T) {
	release := make(chan struct{})
	slow := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("sessionId") == "drip" {
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
		}
		<-release
	})
	t.Cleanup(func() { close(release) }) // before the server closes
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, tt := range []struct{ name, base, session, want string }{
		{"no answer", slow.URL, "wait", "no answer in time"},
		{"half an answer", slow.URL, "drip", "no answer in time"},
		{"refused", closed.URL, "x", "connection refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, b := newClient(t, tt.base, func(c *Config) {
				if tt.base == slow.URL {
					c.Timeout = 50 * time.Millisecond
				}
			})
			_, err := c.Voicemail(t.Context(), ClassFresh, testBot, tt.session)
			if KindOf(err) != KindNetwork || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if classes, verdicts := b.seen(); len(classes) != 1 || len(verdicts) != 1 || !verdicts[0].Unclear {
				t.Errorf("got %d attempts, verdicts %v", len(classes), verdicts)
			}
		})
	}
	t.Run("the caller leaves", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c, _ := newClient(t, slow.URL, func(cfg *Config) {
			cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				cancel()
				return (&net.Dialer{}).DialContext(context.WithoutCancel(ctx), network, address)
			}
		})
		if _, err := c.Voicemail(ctx, ClassFresh, testBot, "wait"); !errors.Is(err, context.Canceled) || KindOf(err) != KindNone {
			t.Errorf("got %v, want the context's own error", err)
		}
	})
	t.Run("the budget refuses", func(t *testing.T) {
		c, b := newClient(t, slow.URL, nil)
		b.refuse = context.DeadlineExceeded
		if _, err := c.Voicemail(t.Context(), ClassFresh, testBot, "wait"); !errors.Is(err, context.DeadlineExceeded) || KindOf(err) != KindNone {
			t.Errorf("got %v, want the budget's own error", err)
		}
	})
}

func TestSizeCap(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"said": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, `{"a":"`+strings.Repeat("x", 1000)+`"}`)
		},
		"unsaid": func(w http.ResponseWriter, _ *http.Request) { endless(w) },
	} {
		t.Run(name, func(t *testing.T) {
			c, b := newClient(t, serve(t, h).URL, func(c *Config) { c.MaxReply = 1000 })
			if _, err := c.Voicemail(t.Context(), ClassFresh, testBot, testSession); KindOf(err) != KindTooLarge {
				t.Errorf("got %v", err)
			}
			if _, verdicts := b.seen(); len(verdicts) != 1 || verdicts[0].Limited {
				t.Errorf("got verdicts %v, want a good one", verdicts)
			}
		})
	}
}

// endless writes until the reader is gone.
func endless(w io.Writer) {
	block := []byte(strings.Repeat("x", 32<<10))
	for {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// TestRedirectsAreNotFollowed keeps the token with the API.
func TestRedirectsAreNotFollowed(t *testing.T) {
	other := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	c, _ := newClient(t, answering(t, 307, map[string]string{"Location": other.URL}, "").URL, nil)
	if _, err := c.Voicemail(t.Context(), ClassFresh, testBot, testSession); KindOf(err) != KindMalformed {
		t.Errorf("got %v", err)
	}
}
