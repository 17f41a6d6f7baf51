package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// ImportOptions say whose the imported replies are, where they don't say so
// themselves.
type ImportOptions struct {
	// BotID and SessionID are those of a reply that comes without; "" takes
	// them from its transcriptions.
	BotID     string
	SessionID string
	// AccountOf is the account of a bot; nil, or "" from it, is none.
	AccountOf func(botID string) string
	// Redact is what is masked; the zero Redaction is RedactCards.
	Redact Redaction
	// Find is a Finder's; nil finds nothing.
	Find func(store.Voicemail) store.Finding
	// Region is for callers without a country code, as "US".
	Region string
	// Report is told of each thing that could not be imported, with the number
	// of its line; nil is nothing. The error holds nothing of what was said.
	Report func(line int, err error)
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// ImportReport counts what an import did.
type ImportReport struct {
	Replies int // read and recorded
	Changed int // voicemails that are new or different
	Empty   int // replies without a voicemail
	Bad     int // lines that were skipped
}

// ImportStore is what Import needs of the store.
type ImportStore interface {
	SaveSessions(ctx context.Context, sessions []store.Session) (store.Saved, error)
	ClaimSession(ctx context.Context, key store.SessionKey, lease time.Duration) (store.Lease, error)
	Record(ctx context.Context, l store.Lease, o store.Outcome) (changed bool, err error)
}

// The errors of a line that can't be imported.
var (
	errNoBot      = errors.New("no bot is named: say whose it is with --bot")
	errNoSession  = errors.New("no session is named: say which it is with --session")
	errTwoIDs     = errors.New("its transcriptions name several bots or sessions: say which with --bot and --session")
	errNotObject  = errors.New("not a JSON object")
	errNoResponse = errors.New("neither a response nor an object with one under the key response")
	errOtherBot   = errors.New("the session is known as another bot's")
	errBusy       = errors.New("the session is being fetched; import it again")
	errNotText    = errors.New("not UTF-8 JSON: it is in another encoding, as UTF-16, or no text at all")
)

// ErrNothing is returned for an input without a single document: whoever
// imports it has most likely the wrong file, or an export that failed.
var ErrNothing = errors.New("there is nothing in the file")

// Import records voicemail replies from r, no upstream needed: one JSON
// document that is a reply, or JSON lines of {"botId", "sessionId", "caller",
// "startedAt", "response"}, or of bare replies. Importing the same again
// changes nothing. What can't be read is reported and skipped; the returned
// error is ErrNothing, or the reader's or the store's.
func Import(ctx context.Context, s ImportStore, r io.Reader, opts ImportOptions) (ImportReport, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if err := opts.Redact.check(); err != nil {
		return ImportReport{}, fmt.Errorf("import: %w", err)
	}
	im := &importer{store: s, opts: opts}
	documents := 0
	err := eachDocument(r, func(line int, doc []byte, err error) error {
		documents++
		if err := ctx.Err(); err != nil {
			return err
		}
		if err == nil {
			err = im.document(ctx, doc)
		}
		var away *storeError
		if errors.As(err, &away) {
			return fmt.Errorf("line %d: %w", line, away.err)
		}
		if err != nil {
			im.report.Bad++
			if opts.Report != nil {
				opts.Report(line, toldOf(err))
			}
		}
		return nil
	})
	if err == nil && documents == 0 {
		err = ErrNothing
	}
	if err != nil {
		return im.report, fmt.Errorf("import: %w", err)
	}
	return im.report, nil
}

// toldOf is an error as it may be told: a reply's own words about an error may
// hold a card.
func toldOf(err error) error {
	if told := unspoken(err.Error()); told != err.Error() {
		return errors.New(told)
	}
	return err
}

// storeError is the store's fault and not the document's: it ends the import.
type storeError struct{ err error }

func (e *storeError) Error() string { return e.err.Error() }

type importer struct {
	store  ImportStore
	opts   ImportOptions
	report ImportReport
}

// wrapped is a reply with what is known of its session.
type wrapped struct {
	BotID     string          `json:"botId"`
	SessionID string          `json:"sessionId"`
	Caller    string          `json:"caller"`
	StartedAt string          `json:"startedAt"`
	Response  json.RawMessage `json:"response"`
}

// document imports one JSON document.
func (im *importer) document(ctx context.Context, doc []byte) error {
	w, err := unwrap(doc)
	if err != nil {
		return err
	}
	reply, err := kore.ParseVoicemail(w.Response)
	if err != nil {
		return err
	}
	session, err := im.session(w, reply)
	if err != nil {
		return err
	}
	return im.record(ctx, session, reply)
}

// unwrap reads the document's own words about its session, if it has any.
func unwrap(doc []byte) (wrapped, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(doc, &keys); err != nil {
		if !json.Valid(doc) && !utf8.Valid(doc) {
			return wrapped{}, errNotText
		}
		return wrapped{}, jsonFault(err)
	}
	if keys == nil {
		return wrapped{}, errNotObject
	}
	if _, ok := keys["response"]; !ok {
		_, bot := keys["botId"]
		_, session := keys["sessionId"]
		if bot && session {
			return wrapped{}, errNoResponse
		}
		return wrapped{Response: doc}, nil
	}
	var w wrapped
	if err := json.Unmarshal(doc, &w); err != nil {
		return wrapped{}, jsonFault(err)
	}
	return w, nil
}

// jsonFault is a JSON error without what the document says.
func jsonFault(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not JSON: broken at byte %d", syntax.Offset)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("%s: want a %s, got a %s", kind.Field, kind.Type.Kind(), kind.Value)
	}
	return errNotObject
}

// session is the ledger's row of an imported reply.
func (im *importer) session(w wrapped, reply *kore.VoicemailReply) (store.Session, error) {
	s := im.opts.Redact.session(store.Session{
		BotID: w.BotID, SessionID: w.SessionID,
		FoundBy: store.FoundByImport, Voicemail: store.FlagUnknown, Priority: store.PriorityVoicemail, Caller: w.Caller,
	}, im.opts.Region)
	if err := im.complete(&s, reply); err != nil {
		return s, err
	}
	var said time.Time
	if w.StartedAt != "" {
		at, err := time.Parse(time.RFC3339, w.StartedAt)
		if err != nil {
			return s, errors.New("startedAt: want a time as 2025-02-11T13:57:42Z")
		}
		said = store.Cut(at)
	}
	s.StartedAt = beganAt(said, s.SessionID, im.opts.Now())
	if im.opts.AccountOf != nil {
		s.AccountID = im.opts.AccountOf(s.BotID)
	}
	return s, nil
}

// complete fills in whose a reply is: its own words first, then the options,
// then what its transcriptions agree on.
func (im *importer) complete(s *store.Session, reply *kore.VoicemailReply) error {
	bots, sessions := map[string]bool{}, map[string]bool{}
	bot, session := "", ""
	for _, t := range reply.Transcriptions {
		if t.BotID != "" {
			bots[t.BotID], bot = true, t.BotID
		}
		if t.SessionID != "" {
			sessions[t.SessionID], session = true, t.SessionID
		}
	}
	for _, f := range []struct {
		to    *string
		given string
		found map[string]bool
		one   string
		none  error
	}{
		{&s.BotID, im.opts.BotID, bots, bot, errNoBot},
		{&s.SessionID, im.opts.SessionID, sessions, session, errNoSession},
	} {
		switch {
		case *f.to != "":
		case f.given != "":
			*f.to = f.given
		case len(f.found) == 1:
			*f.to = f.one
		case len(f.found) > 1:
			return errTwoIDs
		default:
			return f.none
		}
	}
	return nil
}

// record puts the session into the ledger and its reply into the archive. The
// session is not made due: an upstream may have nothing to do with it.
func (im *importer) record(ctx context.Context, session store.Session, reply *kore.VoicemailReply) error {
	if _, err := im.store.SaveSessions(ctx, []store.Session{session}); err != nil {
		if errors.Is(err, store.ErrInvalid) {
			return err
		}
		return &storeError{err}
	}
	flat := Flatten(reply, im.opts.Redact) // which takes a while for a large one, so before the lease
	flat.Find = im.opts.Find
	lease, err := im.claim(ctx, session.Key())
	if err != nil {
		return err
	}
	changed, err := im.store.Record(ctx, lease, im.outcome(lease.Session, &flat, reply.Status))
	if errors.Is(err, store.ErrLeaseLost) {
		return errBusy
	}
	if err != nil {
		return &storeError{err}
	}
	im.report.Replies++
	if !flat.IsVoicemail() {
		im.report.Empty++
	}
	if changed {
		im.report.Changed++
	}
	return nil
}

// claim leases the session, waiting while somebody fetches it.
func (im *importer) claim(ctx context.Context, key store.SessionKey) (store.Lease, error) {
	for tries := 0; ; tries++ {
		lease, err := im.store.ClaimSession(ctx, key, importLease)
		switch {
		case err == nil:
			return lease, nil
		case errors.Is(err, store.ErrNotFound):
			return lease, errOtherBot
		case !errors.Is(err, store.ErrLeased):
			return lease, &storeError{err}
		case tries >= 150: // two leases of a worker: it is alive
			return lease, errBusy
		}
		if err := pauseOrStop(ctx, 200*time.Millisecond); err != nil {
			return lease, &storeError{err}
		}
	}
}

// outcome ends the session's way, unless an upstream is still to be asked: an
// imported reply with nothing in it is no answer of that upstream.
func (im *importer) outcome(s store.Session, reply *store.Reply, status string) store.Outcome {
	asked := s.AccountID != "" && !s.DueAt.IsZero()
	switch {
	case !reply.IsVoicemail() && asked:
		return store.Outcome{State: store.StateDue, Reason: s.Reason}
	case !reply.IsVoicemail():
		return store.Outcome{State: store.StateEmpty, Reason: "the imported reply holds no voicemail", Reply: reply}
	case !hasText(reply) && s.AccountID != "":
		return settle(answer{session: s, reply: reply, status: status, now: im.opts.Now()})
	}
	return store.Outcome{State: store.StateStored, Reply: reply}
}

// importLease is longer than other leases: nobody renews it, and to record a
// reply of tens of megabytes takes its time.
const importLease = time.Minute

// byteOrderMark stands at the start of what some editors save.
var byteOrderMark = []byte("\xef\xbb\xbf")

// blank reports whether a line holds nothing.
func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }
