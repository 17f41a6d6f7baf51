package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// cluster is a throw-away PostgreSQL server: a socket in a folder under /tmp, no
// TCP, nothing forced to disk.
type cluster struct {
	bin  string // the folder of initdb and pg_ctl
	dir  string // everything that is to go away again
	as   *syscall.Credential
	wait func() error // for the watchdog

	// alive is our end of the watchdog's standard input. The kernel closes it
	// when this process ends, be it killed.
	alive *os.File
}

// watchdog ends the server when its standard input does.
const watchdog = `
trap '' INT TERM HUP
read -r _
for n in 1 2 3 4 5 6 7 8 9 10; do
	"$1/pg_ctl" -D "$2/data" -m immediate -w stop
	rm -rf "$2"
	[ -e "$2" ] || break
	sleep 1
done
`

// startCluster makes a server. errNoPostgres where there are no programs, or
// nobody to run them as.
func startCluster() (*cluster, error) {
	c := &cluster{}
	var err error
	if c.bin, err = findPrograms(); err != nil {
		return nil, err
	}
	if c.as, err = runAs(); err != nil {
		return nil, err
	}
	if err := c.makeFolder(); err != nil {
		return nil, err
	}
	if err := c.guard(); err != nil {
		os.RemoveAll(c.dir)
		return nil, err
	}
	if err := c.init(); err != nil {
		c.end()
		return nil, err
	}
	if err := c.start(); err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

// findPrograms looks for initdb on the PATH and where packages put it, the
// newest version first.
func findPrograms() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	var found []string
	for _, place := range []string{
		"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb",
		"/opt/homebrew/opt/postgresql@*/bin/initdb", "/usr/local/opt/postgresql@*/bin/initdb",
	} {
		paths, err := filepath.Glob(place)
		if err != nil {
			return "", err
		}
		found = append(found, paths...)
	}
	if len(found) == 0 {
		return "", errNoPostgres
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(versionIn(a), versionIn(b)) })
	return filepath.Dir(newest), nil
}

// versionIn is the last number in a path.
func versionIn(path string) int {
	n, digits := 0, ""
	for _, r := range path + "/" {
		if r >= '0' && r <= '9' {
			digits += string(r)
			continue
		}
		if v, err := strconv.Atoi(digits); err == nil {
			n = v
		}
		digits = ""
	}
	return n
}

// runAs is who the server runs as: PostgreSQL refuses root.
func runAs() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w (root needs a user named postgres: %w)", errNoPostgres, err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// makeFolder makes a folder whose path is short: a socket's must fit into 108
// bytes (104 on a Mac).
func (c *cluster) makeFolder() error {
	parent := "/tmp"
	if _, err := os.Stat(parent); err != nil {
		parent = os.TempDir()
	}
	var err error
	if c.dir, err = os.MkdirTemp(parent, "afterbeep-pg-"); err != nil {
		return err
	}
	if c.as == nil {
		return nil
	}
	return os.Chown(c.dir, int(c.as.Uid), int(c.as.Gid))
}

// command runs where its user may be and as that user.
func (c *cluster) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "HOME="+c.dir)
	// A session of its own: Ctrl-C is for the tests, which then end the server.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: c.as}
	return cmd
}

// guard starts the watchdog, before there is anything to guard.
func (c *cluster) guard() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	cmd := c.command(context.Background(), "/bin/sh", "-c", watchdog, "sh", c.bin, c.dir)
	cmd.Stdin = r
	if err := cmd.Start(); err != nil {
		w.Close()
		return fmt.Errorf("start the watchdog: %w", err)
	}
	c.alive, c.wait = w, cmd.Wait
	return nil
}

// end stops the server and waits until its folder is gone.
func (c *cluster) end() {
	c.alive.Close()
	// The watchdog's status is that of its last command and tells nothing.
	_ = c.wait()
}

func (c *cluster) init() error {
	args := []string{"-D", filepath.Join(c.dir, "data"), "-U", "afterbeep", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"}
	// A linguistic order as the default shows which column forgot to say how it
	// is ordered. Older versions have no such option.
	linguistic := append(slices.Clone(args), "--locale-provider=icu", "--icu-locale=en-US")
	if c.run("initdb", linguistic...) == nil {
		return nil
	}
	return c.run("initdb", args...)
}

func (c *cluster) start() error {
	// Parallel tests have a pool each. No autovacuum: it would only disturb.
	options := "-c listen_addresses='' -c unix_socket_directories='" + c.dir + "' -c port=5432" +
		" -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0" +
		" -c max_connections=300 -c shared_buffers=64MB -c autovacuum=off"
	return c.run("pg_ctl", "-D", filepath.Join(c.dir, "data"), "-l", filepath.Join(c.dir, "log"), "-w", "-t", "240", "-o", options, "start")
}

func (c *cluster) stop() error {
	return c.run("pg_ctl", "-D", filepath.Join(c.dir, "data"), "-m", "fast", "-w", "-t", "240", "stop")
}

func (c *cluster) run(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	cmd := c.command(ctx, filepath.Join(c.bin, program), args...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err == nil || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	log, _ := os.ReadFile(filepath.Join(c.dir, "log")) // there is none yet when initdb fails
	return fmt.Errorf("%s: %w\n%s%s", program, err, out, log)
}

func (c *cluster) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("afterbeep"), Path: "/" + database}
	u.RawQuery = url.Values{"host": {c.dir}, "port": {"5432"}}.Encode()
	return u.String()
}
