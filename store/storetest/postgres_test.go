package storetest

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestServerEndsWithAKilledBinary starts this binary again, kills it once it
// has a server, and waits until server and folder are gone.
func TestServerEndsWithAKilledBinary(t *testing.T) {
	const role = "STORETEST_PRINT_URL"
	if os.Getenv(role) != "" {
		c, err := startCluster()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stdout.WriteString("\n" + c.url("postgres") + "\n"); err != nil {
			t.Fatal(err)
		}
		<-t.Context().Done() // until it is killed
		c.end()
	}
	_, err := findPrograms()
	requirePostgres(t, err)
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), role+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := firstURL(t, out)
	if err := ping(t.Context(), address); err != nil {
		t.Errorf("the server doesn't answer: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	dir := u.Query().Get("host")
	waitUntil(t, "the server's folder is gone", func() bool {
		_, err := os.Stat(dir)
		return errors.Is(err, fs.ErrNotExist)
	})
	if err := ping(t.Context(), address); err == nil {
		t.Error("the server still answers")
	}
}

func firstURL(t *testing.T, r io.Reader) string {
	t.Helper()
	var got []byte
	one := make([]byte, 1)
	for {
		if _, err := r.Read(one); err != nil {
			t.Fatalf("no URL came: %v", err)
		}
		if one[0] != '\n' {
			got = append(got, one[0])
			continue
		}
		if u, err := url.Parse(string(got)); err == nil && u.Scheme == "postgres" {
			return string(got)
		}
		got = got[:0]
	}
}

func ping(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func waitUntil(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(3 * time.Minute)
	defer end.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestNewestProgramsAreFound(t *testing.T) {
	tests := []struct {
		path string
		want int
	}{
		{"/usr/lib/postgresql/9/bin/initdb", 9},
		{"/usr/lib/postgresql/15/bin/initdb", 15},
		{"/usr/pgsql-17/bin/initdb", 17},
		{"/opt/homebrew/opt/postgresql@16/bin/initdb", 16},
		{"/bin/initdb", 0},
	}
	for _, test := range tests {
		if got := versionIn(test.path); got != test.want {
			t.Errorf("version in %s is %d, want %d", test.path, got, test.want)
		}
	}
}

func TestDatabasesOfParallelTestsAreApart(t *testing.T) {
	for _, name := range []string{"one", "two", "three", "four"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := Postgres(t)
			if err := onServer(t.Context(), address, `INSERT INTO locks VALUES ('same', 'holder', now())`); err != nil {
				t.Error(err)
			}
		})
	}
}
