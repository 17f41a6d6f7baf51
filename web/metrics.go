package web

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"afterbeep/store"
)

// Metric is one of Afterbeep's own metrics at /metrics.
type Metric struct {
	Name   string
	Type   string   // "gauge", "counter" or "histogram"
	Labels []string // none names a bot, a caller or a user
	Help   string
}

// The metrics, by what they are called in the code.
const (
	metricUp            = "afterbeep_up"
	metricBuild         = "afterbeep_build_info"
	metricSessions      = "afterbeep_sessions"
	metricVoicemails    = "afterbeep_voicemails"
	metricLedger        = "afterbeep_ledger_sessions"
	metricRecordings    = "afterbeep_recordings"
	metricKept          = "afterbeep_recordings_kept"
	metricKeptBytes     = "afterbeep_recordings_kept_bytes"
	metricAudioWaiting  = "afterbeep_recordings_waiting"
	metricAudioGivenUp  = "afterbeep_recordings_given_up"
	metricArchiveFull   = "afterbeep_audio_archive_full"
	metricIndexed       = "afterbeep_index_voicemails"
	metricIndexLag      = "afterbeep_index_lag_changes"
	metricIndexLagTime  = "afterbeep_index_lag_seconds"
	metricIndexFailing  = "afterbeep_index_failing"
	metricNewestAge     = "afterbeep_newest_voicemail_age_seconds"
	metricDiscoveryLag  = "afterbeep_discovery_lag_seconds"
	metricSessionLag    = "afterbeep_session_lag_seconds"
	metricAudioLag      = "afterbeep_audio_lag_seconds"
	metricAccounts      = "afterbeep_accounts"
	metricAccountsIll   = "afterbeep_accounts_in_trouble"
	metricAlerts        = "afterbeep_alerts"
	metricAlertsWaiting = "afterbeep_alert_deliveries_waiting"
	metricAlertsGivenUp = "afterbeep_alert_deliveries_given_up"
	metricAlertLag      = "afterbeep_alert_lag_seconds"
	metricAlertsTried   = "afterbeep_alert_deliveries_total"
	metricCallbacks     = "afterbeep_callbacks_open"
	metricOverdue       = "afterbeep_callbacks_overdue"
	metricLongestWait   = "afterbeep_callbacks_longest_wait_seconds"
	metricReached       = "afterbeep_callbacks_reached_seconds"
	metricRequests      = "afterbeep_http_requests_total"
	metricRequestsTimes = "afterbeep_http_request_duration_seconds"
)

// Metrics lists Afterbeep's own metrics in the order in which they are
// documented. Beside them are those of the Go runtime (go_) and of the process
// (process_).
func Metrics() []Metric {
	return []Metric{
		{metricUp, "gauge", nil, "1 when the database answered at this scrape, else 0. Of what comes from the database, nothing is told while it is 0, and while it is slow only what it told in time; the ledger, recordings and lags are told as of at most a minute ago."},
		{metricBuild, "gauge", []string{"version"}, "Always 1; the version of the program."},
		{metricSessions, "gauge", []string{"state"}, "Sessions known, by their state in the ledger."},
		{metricVoicemails, "gauge", nil, "Voicemails in the archive."},
		{metricLedger, "gauge", []string{"count"}, "The ledger of the last 31 days, all bots together: sessions by what is counted (known, voicemails, stored, transcribed, pending, audio, archived, indexed, waiting, dead, gone, empty, skipped, lost)."},
		{metricRecordings, "gauge", nil, "Recordings that can be had, or could once."},
		{metricKept, "gauge", nil, "Recordings that are in the audio archive."},
		{metricKeptBytes, "gauge", nil, "Size of the audio in the archive."},
		{metricAudioWaiting, "gauge", nil, "Recordings that are not archived yet and are tried again."},
		{metricAudioGivenUp, "gauge", nil, "Recordings that are not archived and were given up."},
		{metricArchiveFull, "gauge", nil, "1 while no audio is archived for want of room, else 0. Absent where audio is not archived."},
		{metricIndexed, "gauge", nil, "Voicemails in the search index."},
		{metricIndexLag, "gauge", nil, "Changes that the search index has not applied yet."},
		{metricIndexLagTime, "gauge", nil, "How long ago the search index last had every change; 0 while it has. Absent from the start until it has."},
		{metricIndexFailing, "gauge", nil, "1 while the search index does not follow because of an error, else 0."},
		{metricNewestAge, "gauge", nil, "How long ago the newest voicemail was left. Absent while there is none."},
		{metricDiscoveryLag, "gauge", nil, "How long ago the upstream was last asked for new calls. Absent while it never was."},
		{metricSessionLag, "gauge", nil, "For how long the most overdue session has been due; 0 while none is."},
		{metricAudioLag, "gauge", nil, "For how long the most overdue work on audio has been due; 0 while none is."},
		{metricAccounts, "gauge", nil, "Accounts of the upstream that are connected."},
		{metricAccountsIll, "gauge", nil, "Accounts that can't be asked for now, as with a refused token."},
		{metricAlerts, "gauge", nil, "Alerts that are not paused."},
		{metricAlertsWaiting, "gauge", nil, "Messages of alerts that are to be sent."},
		{metricAlertsGivenUp, "gauge", nil, "Messages of alerts that were tried again and again and are given up."},
		{metricAlertLag, "gauge", nil, "For how long the most overdue message of an alert has been due; 0 while none is."},
		{metricAlertsTried, "counter", []string{"channel", "outcome"}, "Attempts to send a message of an alert, by channel (email, webhook) and how they ended (sent, failed, dropped)."},
		{metricCallbacks, "gauge", nil, "Requests to be called back that are not done, but for old ones. This and the two below are told as of at most a minute ago."},
		{metricOverdue, "gauge", nil, "Requests that are not done though the time has passed that the caller wants or, where they name none, the limit of the desk in business time."},
		{metricLongestWait, "gauge", nil, "For how long the request that waits longest has waited, in business time; 0 while none does."},
		{metricReached, "histogram", nil, "Business time from a message to its caller being spoken to, of the requests that were closed so through this process. What is undone or reopened later stays counted."},
		{metricRequests, "counter", []string{"route", "method", "class"}, "Requests answered, by the pattern of their route and the class of their status (2xx)."},
		{metricRequestsTimes, "histogram", []string{"route"}, "How long answers took, by the pattern of their route."},
	}
}

// meter measures the program for /metrics. Safe for concurrent use.
type meter struct {
	handler  http.Handler
	gauges   *gauges
	requests *prometheus.CounterVec
	times    *prometheus.HistogramVec
	reached  prometheus.Histogram
}

func newMeter(s *Server) *meter {
	byName := map[string]Metric{}
	for _, d := range Metrics() {
		byName[d.Name] = d
	}
	m := &meter{
		gauges:   newGauges(s, byName),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: metricRequests, Help: byName[metricRequests].Help}, byName[metricRequests].Labels),
		times: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: metricRequestsTimes, Help: byName[metricRequestsTimes].Help,
			Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 15}}, byName[metricRequestsTimes].Labels),
	}
	const minute, hour = 60, 3600
	m.reached = prometheus.NewHistogram(prometheus.HistogramOpts{Name: metricReached, Help: byName[metricReached].Help,
		Buckets: []float64{5 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 8 * hour, 16 * hour, 24 * hour, 40 * hour, 80 * hour, 168 * hour}})
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(m.requests, m.times, m.reached, m.gauges, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	return m
}

// answered counts a request. Addresses and methods that are not in the list
// count as one, so that strangers can't make series.
func (m *meter) answered(v *visit, status int, took time.Duration) {
	route, method := noRoute, "other"
	if v.route != nil {
		route, method = v.route.path, v.Request().Method
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status/100)+"xx").Inc()
	if !isStream(v.route) { // how long somebody takes an answer says nothing of how long it took
		m.times.WithLabelValues(route).Observe(took.Seconds())
	}
}

func (s *Server) getMetrics(v *visit) error {
	// Somebody who goes away would have the others told of a fault.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(v.ctx()), scrapePatience(v.Request().Header))
	defer cancel()
	s.meter.gauges.measure(ctx)
	s.meter.handler.ServeHTTP(v.Response(), v.Request())
	return nil
}

// scrapePatience is for how long the store may be measured for a scraper: most
// of the time for which it says that it waits.
func scrapePatience(h http.Header) time.Duration {
	waits, err := strconv.ParseFloat(h.Get("X-Prometheus-Scrape-Timeout-Seconds"), 64)
	if err != nil || !(waits > 0) {
		return gaugePatience
	}
	return time.Duration(min(waits, answerPatience.Seconds()) * 0.8 * float64(time.Second))
}

// gauges tells of the store what was measured for the scrape. Scrapers that come
// together, or often, are told the same for some seconds.
type gauges struct {
	s     *Server
	descs map[string]*prometheus.Desc
	turn  chan struct{} // full while the store is measured: one reader is enough

	mu    sync.Mutex // guards what is below
	last  gaugeValues
	until time.Time
}

const (
	gaugeLife     = 5 * time.Second
	countLife     = time.Minute
	gaugePatience = 5 * time.Second
)

// gaugeValues is what the store told; nil is what it did not. To tell the lags and
// the days it may have to count hundreds of thousands of rows, so these stand for
// longer.
type gaugeValues struct {
	up        bool
	head      store.Position
	ledger    *store.Ledger
	days      *store.LedgerDay // the last days, summed up
	daysUntil time.Time
	lags      *store.Lags
	alerts    *store.AlertSums
	lagsUntil time.Time
	waiting   *waitingSums
	waitUntil time.Time
}

func newGauges(s *Server, byName map[string]Metric) *gauges {
	g := &gauges{s: s, descs: map[string]*prometheus.Desc{}, turn: make(chan struct{}, 1)}
	for name, m := range byName {
		if m.Type == "gauge" || name == metricAlertsTried {
			g.descs[name] = prometheus.NewDesc(name, m.Help, m.Labels, nil)
		}
	}
	return g
}

// Describe tells of every gauge.
func (g *gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range g.descs {
		ch <- d
	}
}

// Collect tells what is known now.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	set := func(name string, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(g.descs[name], prometheus.GaugeValue, value, labels...)
	}
	v, _ := g.known()
	set(metricUp, truth(v.up))
	set(metricBuild, 1, g.s.Version)
	g.collectIndex(set, v)
	g.collectIngest(set)
	if v.ledger != nil {
		for _, st := range states() {
			set(metricSessions, float64(v.ledger.Sessions[st]), string(st))
		}
		set(metricVoicemails, float64(v.ledger.Voicemails))
	}
	if v.days != nil {
		for name, n := range counts(*v.days) {
			set(metricLedger, float64(n), name)
		}
	}
	if v.lags != nil {
		collectLags(set, *v.lags)
	}
	g.collectAlerts(ch, set, v.alerts)
	if v.waiting != nil {
		v.waiting.collect(set)
	}
}

// collectAlerts tells of the messages of alerts: those of the store, where it told
// of them, and what came of the attempts of this process.
func (g *gauges) collectAlerts(ch chan<- prometheus.Metric, set func(string, float64, ...string), sums *store.AlertSums) {
	if sums != nil {
		set(metricAlerts, float64(sums.Alerts))
		set(metricAlertsWaiting, float64(sums.Waiting))
		set(metricAlertsGivenUp, float64(sums.Dead))
		lag := 0.0
		if !sums.Oldest.IsZero() {
			lag = max(0, sums.Now.Sub(sums.Oldest).Seconds())
		}
		set(metricAlertLag, lag)
	}
	if g.s.Alerts == nil {
		return
	}
	for _, c := range g.s.Alerts.Sent() {
		ch <- prometheus.MustNewConstMetric(g.descs[metricAlertsTried], prometheus.CounterValue, float64(c.N), string(c.Channel), c.Outcome)
	}
}

func collectLags(set func(string, float64, ...string), l store.Lags) {
	set(metricRecordings, float64(l.Recordings))
	set(metricKept, float64(l.Kept))
	set(metricKeptBytes, float64(l.KeptBytes))
	set(metricAudioWaiting, float64(l.Waiting))
	set(metricAudioGivenUp, float64(l.GivenUp))
	since := func(name string, t time.Time, absent bool) {
		if !t.IsZero() {
			set(name, max(0, l.Now.Sub(t).Seconds()))
		} else if !absent {
			set(name, 0)
		}
	}
	since(metricNewestAge, l.Newest, true)
	since(metricDiscoveryLag, l.LookedAt, true)
	since(metricSessionLag, l.OldestDue, false)
	since(metricAudioLag, l.OldestAudio, false)
}

func (g *gauges) collectIndex(set func(string, float64, ...string), v gaugeValues) {
	st := g.s.Index.Status()
	set(metricIndexed, float64(st.Voicemails))
	set(metricIndexFailing, truth(st.LastError != ""))
	if !v.up {
		return
	}
	behind := max(0, v.head.Seq-st.Position.Seq)
	set(metricIndexLag, float64(behind))
	switch {
	case behind == 0 && !st.Building:
		set(metricIndexLagTime, 0)
	case !st.CaughtUpAt.IsZero():
		set(metricIndexLagTime, max(0, g.s.Now().Sub(st.CaughtUpAt).Seconds()))
	}
}

func (g *gauges) collectIngest(set func(string, float64, ...string)) {
	ill := 0
	var accounts []AccountStatus
	if g.s.Ingest != nil {
		accounts = g.s.Ingest.Status().Accounts
	}
	for _, a := range accounts {
		if a.Trouble != "" {
			ill++
		}
	}
	set(metricAccounts, float64(len(accounts)))
	set(metricAccountsIll, float64(ill))
	if g.s.Keeper == nil {
		return
	}
	if st := g.s.Keeper.Status(); !st.Off {
		set(metricArchiveFull, truth(st.Full))
	}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// known is what the store told last, and until when that stands.
func (g *gauges) known() (gaugeValues, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.last, g.until
}

func (g *gauges) tell(v gaugeValues, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last, g.until = v, until
}

// measure asks the store until ctx ends, unless it told everything a moment ago.
// Where somebody else measures for longer than that, what is known by then is
// told. That the store did not answer is not repeated.
func (g *gauges) measure(ctx context.Context) {
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
	case <-ctx.Done():
		return
	}
	now := g.s.Now()
	v, until := g.known()
	if now.Before(until) {
		return
	}
	var err error
	v.ledger = nil
	if v.head, err = g.s.Store.Head(ctx); err != nil {
		g.s.Log.Warn("measure the store", "err", err)
		g.tell(gaugeValues{}, time.Time{})
		return
	}
	v.up = true
	// What is quickly told comes first: of a store that is slow, what it could not
	// tell in time is left out, and asked for by the next scrape.
	for _, read := range []func(context.Context, *gaugeValues, time.Time) error{g.readLedger, g.readAlerts, g.readWaiting, g.readDays, g.readLags} {
		if err := read(ctx, &v, now); err != nil {
			g.s.Log.Warn("measure the store", "err", err)
		}
		g.tell(v, time.Time{})
	}
	g.tell(v, now.Add(gaugeLife))
}

func (g *gauges) readLedger(ctx context.Context, v *gaugeValues, _ time.Time) error {
	l, err := g.s.Store.Ledger(ctx, store.AllBots())
	if err == nil {
		v.ledger = &l
	}
	return err
}

func (g *gauges) readAlerts(ctx context.Context, v *gaugeValues, _ time.Time) error {
	v.alerts = nil
	sums, err := g.s.Store.AlertSums(ctx)
	if err == nil {
		v.alerts = &sums
	}
	return err
}

func (g *gauges) readDays(ctx context.Context, v *gaugeValues, now time.Time) error {
	if v.days != nil && now.Before(v.daysUntil) {
		return nil
	}
	v.days = nil
	edges := []time.Time{now.AddDate(0, 0, -ledgerDays), now.AddDate(0, 0, 1)}
	days, err := g.s.Store.Days(ctx, store.AllBots(), edges, g.s.Index.Status().Position.Seq)
	if err != nil {
		return err
	}
	v.days, v.daysUntil = new(store.LedgerDay), now.Add(countLife)
	for _, d := range days {
		addDay(v.days, d)
	}
	return nil
}

func (g *gauges) readLags(ctx context.Context, v *gaugeValues, now time.Time) error {
	if v.lags != nil && now.Before(v.lagsUntil) {
		return nil
	}
	v.lags = nil
	l, err := g.s.Store.Lags(ctx, store.AllBots(), g.s.worked())
	if err == nil {
		v.lags, v.lagsUntil = &l, now.Add(countLife)
	}
	return err
}

// counts names the counts of a day as the API does.
func counts(d store.LedgerDay) map[string]int {
	return map[string]int{"known": d.Known, "voicemails": d.Voicemails, "stored": d.Stored, "transcribed": d.Transcribed,
		"pending": d.Pending, "audio": d.Audio, "archived": d.Archived, "indexed": d.Indexed, "waiting": d.Waiting, "dead": d.Dead,
		"gone": d.Gone, "empty": d.Empty, "skipped": d.Skipped, "lost": d.Lost}
}

// states lists every state of a session, in the order in which they are shown.
func states() []store.State {
	return []store.State{store.StateStored, store.StateDue, store.StateLeased, store.StateWaiting, store.StateRetry,
		store.StateEmpty, store.StateGone, store.StateDead, store.StateSkipped}
}
