package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"afterbeep/store"
)

// metric returns the value of a series, "" where there is none.
func metric(a answer, series string) string {
	for line := range strings.Lines(a.body) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func TestMetrics(t *testing.T) {
	keeper := &larder{status: KeeperStatus{Full: true}}
	b := newBench(t, equipped, func(c *Config) { c.Keeper = keeper })
	b.Ingest.(*engineRoom).status.Accounts = []AccountStatus{{ID: "acc-1", Trouble: "The token was refused."}, {ID: "acc-2"}}
	b.gapped()
	admin := b.person("lovelace", store.RoleAdmin)
	b.get("/voicemails/17", admin)
	b.get("/nowhere/secret", nil)
	b.send(b.request("BREW", "/coffee", nil, nil))
	got := b.get("/metrics", nil)
	if kind := got.Header.Get("Content-Type"); got.StatusCode != ok || !strings.HasPrefix(kind, "text/plain") {
		t.Fatalf("got %d %s", got.StatusCode, kind)
	}
	wants := map[string]string{
		"afterbeep_up": "1", `afterbeep_build_info{version="test"}`: "1",
		`afterbeep_sessions{state="dead"}`: "1", `afterbeep_sessions{state="stored"}`: "3", `afterbeep_sessions{state="leased"}`: "0",
		"afterbeep_voicemails": "3", `afterbeep_ledger_sessions{count="known"}`: "10", `afterbeep_ledger_sessions{count="transcribed"}`: "2",
		`afterbeep_ledger_sessions{count="lost"}`: "2", "afterbeep_recordings": "2", "afterbeep_recordings_kept": "0", "afterbeep_recordings_kept_bytes": "0",
		"afterbeep_recordings_waiting": "2", "afterbeep_recordings_given_up": "0", "afterbeep_audio_archive_full": "1",
		"afterbeep_index_voicemails": "3", "afterbeep_index_lag_changes": "0", "afterbeep_index_lag_seconds": "0", "afterbeep_index_failing": "0",
		"afterbeep_newest_voicemail_age_seconds": "86400", "afterbeep_discovery_lag_seconds": "", "afterbeep_session_lag_seconds": "0", "afterbeep_audio_lag_seconds": "0",
		"afterbeep_accounts": "2", "afterbeep_accounts_in_trouble": "1",
		`afterbeep_http_requests_total{class="4xx",method="GET",route="/voicemails/:id"}`: "1",
		`afterbeep_http_requests_total{class="4xx",method="other",route="(none)"}`:        "2",
		`afterbeep_http_request_duration_seconds_count{route="/voicemails/:id"}`:          "1",
	}
	for series, want := range wants {
		if value := metric(got, series); value != want {
			t.Errorf("%s: got %q, want %q", series, value, want)
		}
	}
	for _, word := range []string{"st-a", "acc-1", "lovelace", "secret", "BREW", "67aa"} {
		if strings.Contains(got.body, word) {
			t.Errorf("the metrics hold %q", word)
		}
	}
	for _, name := range []string{"go_goroutines", "process_open_fds"} {
		if metric(got, name) == "" {
			t.Errorf("no %s", name)
		}
	}
	if problems, err := promlint.New(strings.NewReader(got.body)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("lint: %v, %v", problems, err)
	}
}

// Every metric is in the table, and every row of the table is a metric.
func TestMetricsAreDocumented(t *testing.T) {
	b := newBench(t, equipped)
	b.gapped()
	if err := b.store.SaveWindow(t.Context(), store.Window{AccountID: "acc-1", From: noon.Add(-time.Hour), To: noon, LookedAt: noon.Add(-time.Minute)}); err != nil {
		t.Fatal(err)
	}
	b.get("/healthz", nil)
	got := b.get("/metrics", nil)
	told := map[string]string{}
	for line := range strings.Lines(got.body) {
		if rest, ok := strings.CutPrefix(line, "# TYPE afterbeep_"); ok {
			name, kind, _ := strings.Cut(strings.TrimSpace(rest), " ")
			told["afterbeep_"+name] = kind
		}
	}
	for _, m := range Metrics() {
		if told[m.Name] != m.Type || m.Help == "" || !strings.Contains(got.body, "# HELP "+m.Name+" "+m.Help) {
			t.Errorf("%s: told as %q, documented as %q", m.Name, told[m.Name], m.Type)
		}
		delete(told, m.Name)
	}
	if len(told) > 0 {
		t.Errorf("not documented: %v", told)
	}
	if value := metric(got, "afterbeep_discovery_lag_seconds"); value != "60" {
		t.Errorf("discovery: got %q", value)
	}
}

// A database that is away takes no scrape with it.
func TestMetricsWithoutStore(t *testing.T) {
	b := newBench(t)
	b.archive(library()...)
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	got := b.get("/metrics", nil)
	if got.StatusCode != ok || metric(got, "afterbeep_up") != "0" || metric(got, "afterbeep_index_voicemails") != "2" || metric(got, "go_goroutines") == "" ||
		metric(got, "afterbeep_voicemails") != "" {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

// counting counts how often the store is measured.
type counting struct {
	store.Store
	asked, days   int
	lags          int
	err, lagsFail error
}

func (c *counting) Head(ctx context.Context) (store.Position, error) {
	c.asked++
	if c.err != nil {
		return store.Position{}, c.err
	}
	return c.Store.Head(ctx)
}

func (c *counting) Lags(ctx context.Context, s store.Scope, w store.Worked) (store.Lags, error) {
	c.lags++
	if c.lagsFail != nil {
		return store.Lags{}, c.lagsFail
	}
	return c.Store.Lags(ctx, s, w)
}

func (c *counting) Days(ctx context.Context, s store.Scope, edges []time.Time, indexed int64) ([]store.LedgerDay, error) {
	c.days++
	return c.Store.Days(ctx, s, edges, indexed)
}

// Scrapes that come close together ask the store once, unless it did not answer.
func TestMetricsAreCached(t *testing.T) {
	c, now := &counting{}, noon
	b := newBench(t, func(cfg *Config) {
		c.Store, cfg.Store = cfg.Store, c
		cfg.Now = func() time.Time { return now }
	})
	c.err = errors.New("away")
	if got := b.get("/metrics", nil); metric(got, "afterbeep_up") != "0" {
		t.Errorf("while it is away: got %s", metric(got, "afterbeep_up"))
	}
	c.err = nil
	for range 3 {
		if got := b.get("/metrics", nil); metric(got, "afterbeep_up") != "1" {
			t.Errorf("when it is back: got %s", metric(got, "afterbeep_up"))
		}
	}
	now = now.Add(countLife)
	c.lagsFail = context.DeadlineExceeded
	got := b.get("/metrics", nil)
	if metric(got, "afterbeep_up") != "1" || metric(got, "afterbeep_recordings") != "" || metric(got, "afterbeep_voicemails") != "0" {
		t.Errorf("while a part is slow: got %s", got.body)
	}
	if c.asked != 3 || c.days != 2 || c.lags != 2 {
		t.Errorf("the store was asked %d times, for days %d times, for lags %d times, want 3, twice and twice", c.asked, c.days, c.lags)
	}
	// What was not told is asked for soon, what was told when it has been told for long.
	c.lagsFail = nil
	for range 3 {
		now = now.Add(gaugeLife)
		if got := b.get("/metrics", nil); metric(got, "afterbeep_recordings") != "0" {
			t.Errorf("got %s", got.body)
		}
	}
	if c.asked != 6 || c.days != 2 || c.lags != 3 {
		t.Errorf("the store was asked %d times, for days %d times, for lags %d times, want 6, twice and 3 times", c.asked, c.days, c.lags)
	}
}

// slow is a store that takes its time to tell the lags.
type slow struct {
	store.Store
	asked, open chan struct{}
}

func (s *slow) Lags(ctx context.Context, scope store.Scope, w store.Worked) (store.Lags, error) {
	s.asked <- struct{}{}
	select {
	case <-s.open:
		return s.Store.Lags(ctx, scope, w)
	case <-ctx.Done():
		return store.Lags{}, ctx.Err()
	}
}

// No scrape waits for longer than it says, neither for the store nor for another
// scrape, and what is known is told.
func TestMetricsInTime(t *testing.T) {
	s := &slow{asked: make(chan struct{}, 9), open: make(chan struct{})}
	b := newBench(t, func(c *Config) { s.Store, c.Store = c.Store, s })
	b.archive(library()...)
	scrape := func(waits string) answer {
		r := b.request(http.MethodGet, "/metrics", nil, nil)
		r.Header.Set("X-Prometheus-Scrape-Timeout-Seconds", waits)
		return b.send(r)
	}
	told := func(a answer, recordings string) {
		t.Helper()
		if metric(a, "afterbeep_up") != "1" || metric(a, "afterbeep_voicemails") != "2" || metric(a, `afterbeep_ledger_sessions{count="known"}`) == "" ||
			metric(a, "afterbeep_recordings") != recordings {
			t.Errorf("got %s", a.body)
		}
	}
	patient := make(chan answer, 1)
	go func() { patient <- scrape("10") }()
	<-s.asked
	told(scrape("0.05"), "")
	close(s.open)
	told(<-patient, "1")
}

func TestScrapePatience(t *testing.T) {
	for waits, want := range map[string]time.Duration{"": gaugePatience, "soon": gaugePatience, "0": gaugePatience, "-1": gaugePatience, "NaN": gaugePatience,
		"10": 8 * time.Second, "0.5": 400 * time.Millisecond, "+Inf": 12 * time.Second, "1e300": 12 * time.Second} {
		if got := scrapePatience(http.Header{"X-Prometheus-Scrape-Timeout-Seconds": {waits}}); got != want {
			t.Errorf("%q: got %s, want %s", waits, got, want)
		}
	}
}

func TestMetricsAreNoOnesToChange(t *testing.T) {
	if got := newBench(t).send(newBench(t).request(http.MethodPost, "/metrics", nil, nil)); got.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("got %d", got.StatusCode)
	}
}
