package sqlite_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"afterbeep/store"
	"afterbeep/store/sqlite"
	"afterbeep/store/storetest"
)

// TestMain runs the tests or, as a child of one of them, what stands behind
// the flags: "write", the database and what to write until it is killed.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Arg(0) == "write" {
		if err := write(flag.Arg(1), flag.Arg(2), flag.Arg(3)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func TestStore(t *testing.T) {
	folder := t.TempDir()
	storetest.Run(t, func(t *testing.T, o storetest.Options) store.Store {
		name := sha256.Sum256([]byte(o.Database))
		path := filepath.Join(folder, hex.EncodeToString(name[:8])+".db")
		return open(t, sqlite.Config{Path: path, Now: o.Now})
	})
}

func open(t *testing.T, c sqlite.Config) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), c)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// write archives n voicemails of a bot and says so after each.
func write(path, bot, n string) error {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, sqlite.Config{Path: path})
	if err != nil {
		return err
	}
	most, err := strconv.Atoi(n)
	for i := 0; i < most && err == nil; i++ {
		err = record(ctx, s, bot, fmt.Sprint("s", i))
		fmt.Println(i)
	}
	return errors.Join(err, s.Close())
}

func record(ctx context.Context, s store.Store, bot, id string) error {
	one := store.Session{AccountID: bot, BotID: bot, SessionID: id, Wanted: true}
	if _, err := s.SaveSessions(ctx, []store.Session{one}); err != nil {
		return err
	}
	l, err := s.ClaimSession(ctx, one.Key(), time.Hour)
	if err != nil {
		return err
	}
	_, err = s.Record(ctx, l, store.Outcome{State: store.StateStored, Reply: &store.Reply{
		Segments: []store.Segment{{MessageID: "m", Text: "hello"}}, Payload: []byte("{}"),
	}})
	return err
}

func child(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), exe, args...)
	c.Stderr = os.Stderr
	return c
}

func TestProcessesShareAFile(t *testing.T) {
	const processes, each = 5, 8
	path := filepath.Join(t.TempDir(), "afterbeep.db")
	var started []*exec.Cmd
	for i := range processes {
		c := child(t, "write", path, fmt.Sprint("bot-", i), strconv.Itoa(each))
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		started = append(started, c)
	}
	for _, c := range started {
		if err := c.Wait(); err != nil {
			t.Errorf("a process ended with %v", err)
		}
	}
	s := open(t, sqlite.Config{Path: path})
	checkFeed(t, s, processes*each)
}

// checkFeed checks that n voicemails are there, each once, numbered without gaps.
func checkFeed(t *testing.T, s store.Store, n int) {
	t.Helper()
	changes, err := s.Changes(t.Context(), 0, store.MaxChanges)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) != n {
		t.Errorf("got %d changes, want %d", len(changes), n)
	}
	for i, c := range changes {
		if c.Seq != int64(i)+1 || c.Voicemail == nil || c.Voicemail.Text != "hello" {
			t.Errorf("change %d is not whole", c.Seq)
		}
	}
	l, err := s.Ledger(t.Context(), store.AllBots())
	if err != nil {
		t.Fatal(err)
	}
	if l.Voicemails != len(changes) {
		t.Errorf("got %d voicemails and %d changes", l.Voicemails, len(changes))
	}
}

// TestKilled kills a writing process at moments that it can't know: what it
// said was recorded is there afterwards, and nothing by halves.
func TestKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "afterbeep.db")
	said := 0
	for round := range 5 {
		c := child(t, "write", path, fmt.Sprint("bot-", round), "100000")
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 3 + 7*round {
			if lines.Scan() {
				said++
			}
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it said before it died
			said++
		}
		if err := c.Wait(); err == nil {
			t.Fatal("the process ended by itself")
		}
	}
	s := open(t, sqlite.Config{Path: path})
	l, err := s.Ledger(t.Context(), store.AllBots())
	if err != nil {
		t.Fatal(err)
	}
	// The last of each round may be recorded and not said.
	if l.Voicemails < said || l.Voicemails > said+5 {
		t.Errorf("got %d voicemails, %d were said to be recorded", l.Voicemails, said)
	}
	checkFeed(t, s, l.Voicemails)
}

func TestOpenPaths(t *testing.T) {
	for _, name := range []string{"plain.db", "a b.db", "a?b=c&d.db", "a#b.db", "100%.db", "a%20b.db", "a+b;c.db", "é🦊.db", ":memory:", "file:x.db"} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, name)
			s := open(t, sqlite.Config{Path: path})
			if err := record(t.Context(), s, "bot", "s1"); err != nil {
				t.Fatal(err)
			}
			open(t, sqlite.Config{Path: path})
			files, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if f.Name() != name && f.Name() != name+"-wal" && f.Name() != name+"-shm" {
					t.Errorf("there is a file %q", f.Name())
				}
				info, err := f.Info()
				if err != nil {
					t.Fatal(err)
				}
				if info.Mode() != 0o600 {
					t.Errorf("%q has mode %v", f.Name(), info.Mode())
				}
			}
		})
	}
}

func TestOpenRelativePath(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	open(t, sqlite.Config{Path: "afterbeep.db"})
	if _, err := os.Stat(filepath.Join(folder, "afterbeep.db")); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"no path": "", "a folder": folder, "a missing folder": filepath.Join(folder, "missing", "x.db"), "another file": text,
	} {
		if s, err := sqlite.Open(t.Context(), sqlite.Config{Path: path}); err == nil {
			t.Errorf("%s: no error", name)
			s.Close()
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(folder, "x.db")}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got error %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".afterbeep-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
