package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"afterbeep/ingest/kore/koresim"
	"afterbeep/store/storetest"
)

// binary is the program as people run it, built once for all tests.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "afterbeep")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "afterbeep")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build afterbeep: %v\n%s", err, out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// patience is how long a test waits for what must happen next. Nothing takes that
// long on a machine that has time for it.
const patience = 3 * time.Minute

// forEachDatabase runs a test on real SQLite and on real PostgreSQL.
func forEachDatabase(t *testing.T, test func(t *testing.T, in *installation)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, install(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		in := install(t)
		in.env["DATABASE_URL"] = storetest.Postgres(t)
		test(t, in)
	})
}

// installation is a data folder with settings.
type installation struct {
	t   *testing.T
	dir string
	env map[string]string // without AFTERBEEP_
}

func install(t *testing.T) *installation {
	dir := filepath.Join(t.TempDir(), "data")
	return &installation{t: t, dir: dir, env: map[string]string{"DATA_DIR": dir, "LISTEN": "127.0.0.1:0", "LOG_FORMAT": "json"}}
}

// connect starts a simulated upstream and makes it this installation's.
func (in *installation) connect(c koresim.Config) *koresim.Server {
	in.t.Helper()
	sim, err := koresim.New(c)
	if err != nil {
		in.t.Fatal(err)
	}
	upstream, err := sim.Serve(context.Background(), koresim.Listen{})
	if err != nil {
		in.t.Fatal(err)
	}
	in.t.Cleanup(func() { upstream.Close() })
	credentials := sim.Credentials()
	for name, value := range map[string]string{
		"KORE_BASE_URL": upstream.APIURL, "KORE_BOT_ID": credentials.BotIDs[0], "KORE_ACCOUNT_ID": credentials.AccountID,
		"KORE_CLIENT_ID": credentials.ClientID, "KORE_CLIENT_SECRET": credentials.ClientSecret,
		"KORE_MEDIA_HOSTS": strings.TrimPrefix(upstream.MediaURL, "http://"), "KORE_RATE_PER_MINUTE": "60000",
	} {
		in.env[name] = value
	}
	return upstream
}

// lately is when the calls of a simulated upstream end: long enough ago that the
// rows and files that it brings late are there by now.
func lately() time.Time { return time.Now().UTC().Add(-time.Hour) }

// disconnect forgets the upstream.
func (in *installation) disconnect() {
	for name := range in.env {
		if strings.HasPrefix(name, "KORE_") {
			delete(in.env, name)
		}
	}
}

func (in *installation) command(args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + in.t.TempDir()}
	for name, value := range in.env {
		cmd.Env = append(cmd.Env, "AFTERBEEP_"+name+"="+value)
	}
	return cmd
}

// run runs a command to its end.
func (in *installation) run(stdin string, args ...string) (code int, stdout, stderr string) {
	in.t.Helper()
	cmd := in.command(args...)
	var out, errOut bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		in.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errOut.String()
}

// must runs a command that has to succeed and returns its standard output.
func (in *installation) must(stdin string, args ...string) string {
	in.t.Helper()
	code, stdout, stderr := in.run(stdin, args...)
	if code != 0 {
		in.t.Fatalf("afterbeep %s: exit status %d\n%s", strings.Join(args, " "), code, stderr)
	}
	return stdout
}

const testPassword = "correct horse battery"

// token adds a user and returns a bearer token.
func (in *installation) token(name, role string, more ...string) string {
	in.t.Helper()
	in.must(testPassword+"\n", append([]string{"user", "add", name, "--role", role, "--password-file", "-"}, more...)...)
	return strings.TrimSuffix(in.must("", "token", "create", "--user", name), "\n")
}

// output collects what a process prints; safe for concurrent use.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed and replaced at each write
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.more)
	o.more = make(chan struct{})
	return o.text.Write(p)
}

func (o *output) read() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.more
}

// process is a running server.
type process struct {
	in     *installation
	cmd    *exec.Cmd
	out    *output
	exited chan error
	url    string
}

// spawn starts a server without waiting for it.
func (in *installation) spawn(args ...string) *process {
	in.t.Helper()
	p := &process{in: in, cmd: in.command(args...), out: &output{more: make(chan struct{})}, exited: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		in.t.Fatal(err)
	}
	go func() { p.exited <- p.cmd.Wait() }()
	in.t.Cleanup(func() {
		p.kill()
		if in.t.Failed() {
			text, _ := p.out.read()
			in.t.Logf("afterbeep %s printed:\n%s", strings.Join(args, " "), tail(text, 6000))
		}
	})
	return p
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// serve starts a server and waits until it says where it is.
func (in *installation) serve(args ...string) *process {
	in.t.Helper()
	p := in.spawn(append([]string{"serve"}, args...)...)
	p.awaitURL()
	return p
}

var openAt = regexp.MustCompile(`Afterbeep is open at (\S+)`)

func (p *process) awaitURL() {
	p.in.t.Helper()
	deadline := time.After(patience)
	for {
		text, more := p.out.read()
		if found := openAt.FindStringSubmatch(text); found != nil {
			p.url = found[1]
			return
		}
		select {
		case <-more:
		case err := <-p.exited:
			p.exited <- err
			text, _ := p.out.read()
			p.in.t.Fatalf("the server ended: %v\n%s", err, text)
		case <-deadline:
			p.in.t.Fatalf("the server did not open:\n%s", text)
		}
	}
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	err := <-p.exited
	p.exited <- err
}

// stop ends the process as an operator does.
func (p *process) stop() {
	p.in.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.exited:
		p.exited <- err
		if err != nil {
			text, _ := p.out.read()
			p.in.t.Errorf("the server stopped with %v\n%s", err, tail(text, 3000))
		}
	case <-time.After(patience):
		p.in.t.Fatal("the server did not stop")
	}
}

// get asks for an address with a bearer token, or without one.
func (p *process) get(path, token string) (int, string) {
	p.in.t.Helper()
	req, err := http.NewRequestWithContext(p.in.t.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		p.in.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(body)
}

// answer is what the tests read of the API's.
type answer struct {
	Query      string   `json:"query"`
	Notes      []string `json:"notes"`
	Total      int      `json:"total"`
	NextCursor string   `json:"next_cursor"`
	Hits       []struct {
		ID         int64  `json:"id"`
		BotID      string `json:"bot_id"`
		SessionID  string `json:"session_id"`
		Lang       string `json:"lang"`
		Snippet    string `json:"snippet"`
		Text       string `json:"text"`
		CreatedOn  string `json:"created_on"`
		ModifiedOn string `json:"modified_on"`
		Author     struct {
			ID   string `json:"id"`
			Type string `json:"type"`
		} `json:"author"`
		Recordings []struct {
			URL      string `json:"url"`
			Archived bool   `json:"archived"`
		} `json:"recordings"`
	} `json:"hits"`
}

// search asks the API.
func (p *process) search(token string, query url.Values) (answer, error) {
	status, body := p.get("/api/v1/voicemails?"+query.Encode(), token)
	var a answer
	if status != http.StatusOK {
		return a, fmt.Errorf("status %d: %s", status, tail(body, 500))
	}
	return a, json.Unmarshal([]byte(body), &a)
}

// await asks until ok says that it is so. Patience ends when nothing changes in
// what ok sees: how long all of it takes is the machine's affair.
func (p *process) await(what string, ok func() (bool, string)) {
	p.in.t.Helper()
	last, since := "", time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		done, seen := ok()
		if done {
			return
		}
		if seen != last {
			last, since = seen, time.Now()
		}
		if time.Since(since) > patience {
			p.in.t.Fatalf("waited in vain until %s; last seen: %s", what, seen)
		}
		<-tick.C
	}
}

// awaitTotal waits until a search finds so many voicemails.
func (p *process) awaitTotal(token string, total int) {
	p.in.t.Helper()
	p.await(fmt.Sprintf("%d voicemails are found", total), func() (bool, string) {
		a, err := p.search(token, url.Values{})
		return err == nil && a.Total == total, fmt.Sprintf("%d found, error %v", a.Total, err)
	})
}

// awaitKept waits until so many voicemails are found, 200 at most, and the audio of
// all of them is kept.
func (p *process) awaitKept(token string, total int) {
	p.in.t.Helper()
	p.await("all audio is kept", func() (bool, string) {
		a, err := p.search(token, url.Values{"limit": {"200"}})
		kept := 0
		for _, h := range a.Hits {
			if len(h.Recordings) > 0 && h.Recordings[0].Archived {
				kept++
			}
		}
		return kept == total, fmt.Sprintf("%d of %d, error %v", kept, total, err)
	})
}

// allSessions pages through the whole archive and returns how often each
// session is in it.
func (p *process) allSessions(token string) map[string]int {
	p.in.t.Helper()
	sessions := map[string]int{}
	query := url.Values{"limit": {"200"}}
	for {
		a, err := p.search(token, query)
		if err != nil {
			p.in.t.Fatal(err)
		}
		for _, h := range a.Hits {
			sessions[h.SessionID]++
		}
		if a.NextCursor == "" {
			return sessions
		}
		query.Set("cursor", a.NextCursor)
	}
}
