package koresim

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// notifyWait bounds one notification; it is not documented either.
const notifyWait = 10 * time.Second

// NotifyConfig says whom to tell of voicemails, as the notifyUrl and the
// metaInfo of a flow's voicemail node do.
type NotifyConfig struct {
	// URL is where to POST; {botId} in it becomes the session's bot.
	URL string
	// Headers are sent along.
	Headers map[string]string
	// MetaInfo is echoed beside the ids that Quirks.Notify says.
	MetaInfo map[string]string
	// Since is from when on sessions are told of, by their end; zero is when
	// the simulator was made.
	Since time.Time
	// Client sends; nil is http.DefaultClient. Each notification has ten seconds.
	Client *http.Client
	// Every is how often Notify looks, by the real clock; 0 is a second.
	Every time.Duration
}

func (cfg NotifyConfig) check() error {
	u, err := url.Parse(strings.ReplaceAll(cfg.URL, "{botId}", "st"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("notify: url must be http or https")
	}
	return nil
}

// Notify tells of each voicemail as its session ends, until ctx does. It
// returns an error for a configuration that cannot work, else nil: what becomes
// of a notification is counted in Stats.
func (s *Sim) Notify(ctx context.Context, cfg NotifyConfig) error {
	if err := cfg.check(); err != nil {
		return err
	}
	tick := time.NewTicker(cmp.Or(cfg.Every, time.Second))
	defer tick.Stop()
	for {
		if _, err := s.NotifyNow(ctx, cfg); err != nil && ctx.Err() == nil {
			s.cfg.Log.Warn("notification failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// NotifyNow tells, oldest first, of every voicemail whose session has ended by
// now and that was not told of before, and returns how many notifications were
// answered with 2xx. One that fails is not sent again: nothing is documented of
// that. The error joins what went wrong.
func (s *Sim) NotifyNow(ctx context.Context, cfg NotifyConfig) (int, error) {
	if err := cfg.check(); err != nil {
		return 0, err
	}
	var failed error
	sent := 0
	for _, x := range s.untold(cfg) {
		err := s.notify(ctx, cfg, x)
		s.mu.Lock()
		if err == nil {
			s.stats.Notified++
			sent++
		} else {
			s.stats.NotifyFailed++
			failed = errors.Join(failed, err)
		}
		s.mu.Unlock()
	}
	return sent, failed
}

// untold returns the voicemails to tell of, and takes them for told.
func (s *Sim) untold(cfg NotifyConfig) []*session {
	now, since := s.cfg.Now(), cfg.Since
	if since.IsZero() {
		since = s.born
	}
	since = since.Truncate(time.Second) // sessions end on whole seconds
	list := slices.DeleteFunc(s.between(since.Add(-longestSession), now), func(x *session) bool {
		if x.kind != kindVoicemail {
			return true
		}
		end := s.end(x)
		return end.Before(since) || end.After(now)
	})
	slices.SortFunc(list, func(a, b *session) int { return s.end(a).Compare(s.end(b)) })
	s.mu.Lock()
	defer s.mu.Unlock()
	list = slices.DeleteFunc(list, func(x *session) bool { return s.told[x.id] })
	for _, x := range list {
		s.told[x.id] = true
	}
	return list
}

// notify sends one notification. Its errors name neither URL nor headers.
func (s *Sim) notify(ctx context.Context, cfg NotifyConfig, x *session) error {
	meta := object{}
	for _, k := range sortedKeys(cfg.MetaInfo) {
		meta = append(meta, field{k, cfg.MetaInfo[k]})
	}
	body := object{{"type", "voicemail"}, {"botId", x.bot}, {"timestamp", s.end(x).Format(stamp)}}
	ids := object{{"sessionId", x.id}, {"userId", s.userOf(x)}}
	if s.quirks.Notify == NotifyTop {
		body = append(body, ids...)
	} else {
		meta = append(ids, meta...)
	}
	raw, err := appendJSON(nil, append(body, field{"metaInfo", meta}))
	if err != nil {
		return fmt.Errorf("notify of %s: %w", x.id, err)
	}
	ctx, cancel := context.WithTimeout(ctx, notifyWait)
	defer cancel()
	to := strings.ReplaceAll(cfg.URL, "{botId}", url.PathEscape(x.bot))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("notify of %s: %w", x.id, cause(err))
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range cfg.Headers {
		req.Header.Set(k, v)
	}
	res, err := cmp.Or(cfg.Client, http.DefaultClient).Do(req)
	if err != nil {
		return fmt.Errorf("notify of %s: %w", x.id, cause(err))
	}
	_, _ = io.CopyN(io.Discard, res.Body, 1<<16) // so that the connection can be used again
	if err := res.Body.Close(); err != nil {
		return fmt.Errorf("notify of %s: %w", x.id, err)
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("notify of %s: status %d", x.id, res.StatusCode)
	}
	return nil
}

// cause is an error of net/http without the URL in front.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
