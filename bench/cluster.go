package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// cluster is a throw-away PostgreSQL server on a socket of its own. It ends
// with this process, however that ends.
type cluster struct {
	dir    string
	server *exec.Cmd
	alive  io.Closer // the server's standard input: it ends when this does
}

// serverUntilEnd runs a server until its standard input ends, which the kernel
// sees to when this process is killed.
const serverUntilEnd = `
trap '' INT TERM HUP
dir=$1; shift
"$@" &
read -r _
kill -QUIT $!
wait
rm -rf "$dir"/*
`

// errNoPostgres means that no PostgreSQL is installed.
var errNoPostgres = errors.New("no PostgreSQL is installed")

// startCluster makes one in a folder under /tmp (a socket's path must be short)
// and waits until it answers.
func startCluster(ctx context.Context, settings ...string) (*cluster, error) {
	bin, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	as, err := postgresUser()
	if err != nil {
		return nil, err
	}
	c := &cluster{}
	if c.dir, err = os.MkdirTemp("/tmp", "afterbeep-bench-pg-"); err != nil {
		return nil, err
	}
	if as != nil {
		if err := os.Chown(c.dir, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(c.dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "afterbeep", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = c.dir, &syscall.SysProcAttr{Credential: as}
	if out, err := initdb.CombinedOutput(); err != nil {
		_ = os.RemoveAll(c.dir)
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	args := []string{"-c", serverUntilEnd, "sh", c.dir, filepath.Join(bin, "postgres"), "-D", data,
		"-c", "listen_addresses=", "-c", "unix_socket_directories=" + c.dir}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	c.server = exec.Command("/bin/sh", args...)
	// A session of its own: an interrupt is for us, who then end the server.
	c.server.Dir, c.server.SysProcAttr = c.dir, &syscall.SysProcAttr{Credential: as, Setsid: true}
	c.server.Stderr = os.Stderr
	if c.alive, err = c.server.StdinPipe(); err == nil {
		err = c.server.Start()
	}
	if err != nil {
		_ = os.RemoveAll(c.dir)
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return c, c.awaitAnswer(ctx)
}

func (c *cluster) awaitAnswer(ctx context.Context) error {
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		conn, err := pgx.Connect(ctx, c.url())
		if err == nil {
			return conn.Close(ctx)
		}
		if time.Now().After(until) {
			return errors.Join(fmt.Errorf("PostgreSQL does not answer: %w", err), c.end())
		}
	}
}

func (c *cluster) url() string {
	return "host=" + c.dir + " user=afterbeep dbname=postgres sslmode=disable"
}

// end stops the server and removes its folder.
func (c *cluster) end() error {
	_ = c.alive.Close()
	_ = c.server.Wait() // the status is that of a server that was ended
	return os.RemoveAll(c.dir)
}

// postgresPrograms is the folder of initdb and postgres, of the newest version.
func postgresPrograms() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		path, err := exec.LookPath("initdb")
		if err != nil {
			return "", errNoPostgres
		}
		found = []string{path}
	}
	return filepath.Dir(slices.Max(found)), nil
}

// postgresUser is who the server runs as where this process is root's, whom it
// refuses.
func postgresUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w: root needs a user named postgres", errNoPostgres)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
