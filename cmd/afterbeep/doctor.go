package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"afterbeep/index"
	"afterbeep/store"
)

type doctorCmd struct{}

// finding is one line of the doctor's.
type finding struct {
	what  string
	bad   bool
	words string
}

func good(what, format string, args ...any) finding {
	return finding{what: what, words: fmt.Sprintf(format, args...)}
}

func bad(what, format string, args ...any) finding {
	return finding{what: what, bad: true, words: fmt.Sprintf(format, args...)}
}

// Run prints a line for each thing that was checked; exit status 1 when one is
// wrong.
func (doctorCmd) Run(ctx context.Context, p *program) error {
	failed := false
	say := func(fs ...finding) {
		for _, f := range fs {
			state := "ok  "
			if f.bad {
				state, failed = "BAD ", true
			}
			line, _, _ := strings.Cut(f.words, "\n") // a driver tells of each of its tries
			fmt.Fprintf(p.stdout, "%s %-13s %s\n", state, f.what, printable(line))
		}
	}
	say(good("configuration", "read and allowed"))
	say(p.checkDisk())
	s, err := p.openStore(ctx)
	if err != nil {
		say(bad("database", "%s: %v", p.databaseAdvice(), err))
	} else {
		defer s.Close()
		say(p.checkDatabase(ctx, s)...)
		say(p.checkIndex(ctx, s))
		say(p.checkLedger(ctx, s)...)
		say(p.checkArchive(ctx, s))
	}
	say(p.checkUpstreams(ctx, s)...)
	if failed {
		return errSilent
	}
	return nil
}

// freeWanted is how much free disk is enough not to be worth a word.
const freeWanted = 1 << 30

func (p *program) checkDisk() finding {
	var fs unix.Statfs_t
	dir := p.config.DataDir
	if err := unix.Statfs(dir, &fs); errors.Is(err, unix.ENOENT) {
		return good("disk", "the data folder %s will be made at the first start", dir)
	} else if err != nil {
		return bad("disk", "%s: %v", dir, err)
	}
	free := fs.Bavail * uint64(fs.Bsize)
	if free < freeWanted {
		return bad("disk", "%d MB are free in %s; make room, a full disk stops fetching", free>>20, dir)
	}
	return good("disk", "%d GB are free in %s", free>>30, dir)
}

func (p *program) checkDatabase(ctx context.Context, s store.Store) []finding {
	kind := "SQLite " + p.config.SQLitePath
	if p.config.PostgresURL != "" {
		kind = "PostgreSQL"
	}
	if err := s.Ready(ctx); err != nil {
		return []finding{bad("database", "%s: %v", kind, err)}
	}
	ledger, err := s.Ledger(ctx, store.AllBots())
	if err != nil {
		return []finding{bad("database", "%s: %v", kind, err)}
	}
	users, err := s.Users(ctx)
	if err != nil {
		return []finding{bad("database", "%s: %v", kind, err)}
	}
	findings := []finding{
		good("database", "%s answers, with %d voicemails", kind, ledger.Voicemails),
		good("migrations", "at this program's version"),
	}
	if len(users) == 0 {
		return append(findings, good("users", "there are none yet; serve prints a link that makes the first, or use afterbeep user add"))
	}
	return append(findings, good("users", "%d", len(users)))
}

// databaseAdvice says what to do about a database that does not open.
func (p *program) databaseAdvice() string {
	if p.config.PostgresURL != "" {
		return "check that the server of AFTERBEEP_DATABASE_URL runs and lets this user in"
	}
	return "check that " + p.config.SQLitePath + " can be written and is a database"
}

// checkIndex compares the index with the store, if no server has it.
func (p *program) checkIndex(ctx context.Context, s store.Store) finding {
	head, err := s.Head(ctx)
	if err != nil {
		return bad("index", "the store can't be asked: %v", err)
	}
	x, err := p.openIndex(ctx, s, nil)
	if errors.Is(err, index.ErrInUse) {
		return good("index", "kept up to date by a running server; /readyz tells how far it is")
	}
	if err != nil {
		return bad("index", "%v; remove %s/index and it is built anew", err, p.config.DataDir)
	}
	defer x.Close()
	status := x.Status()
	if behind := head.Seq - status.Position.Seq; behind > 0 {
		return good("index", "%d changes behind the store; the next serve or search catches up", behind)
	}
	return good("index", "up to date, with %d voicemails", status.Voicemails)
}
