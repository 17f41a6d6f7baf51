package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// The control socket is how commands talk to a running server: the index has
// one owner, so search and reindex ask it. Whoever may read the data folder
// may connect (mode 0600), and so reads all that is stored anyway.
const socketName = "afterbeep.sock"

// socketPath is a path for the data folder's socket that fits into the 107
// bytes that the system allows. A longer one goes through an open handle of the
// folder; release gives that back.
func socketPath(dataDir string) (path string, release func(), err error) {
	path = filepath.Join(dataDir, socketName)
	if len(path) < 100 {
		return path, func() {}, nil
	}
	dir, err := os.Open(dataDir)
	if err != nil {
		return "", nil, fileError(err)
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), socketName), func() { dir.Close() }, nil
}

// listenControl opens the socket. The caller owns the index, so a socket that
// is there already was left by a server that died.
func listenControl(dataDir string) (net.Listener, error) {
	path, release, err := socketPath(dataDir)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("remove the old control socket: %w", err)
	}
	// Nobody may connect between the socket's making and its mode.
	old := syscall.Umask(0o177)
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	return l, nil
}

// controlClient asks the server that has the data folder.
type controlClient struct{ http *http.Client }

func newControlClient(dataDir string) controlClient {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		path, release, err := socketPath(dataDir)
		if err != nil {
			return nil, err
		}
		defer release()
		return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "unix", path)
	}
	return controlClient{http: &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}}
}

// call posts in as JSON and hands each JSON value of the answer to each. An
// answer that isn't 200 carries its words in "error".
func (c controlClient) call(ctx context.Context, path string, in any, each func(json.RawMessage) error) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://afterbeep"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("ask the running server: %w", err)
	}
	defer resp.Body.Close()
	decoder := json.NewDecoder(resp.Body)
	for {
		var value json.RawMessage
		if err := decoder.Decode(&value); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the running server's answer: %w", err)
		}
		var failure struct {
			Error string `json:"error"`
		}
		if err := json.Unmarshal(value, &failure); err == nil && failure.Error != "" {
			return errors.New(failure.Error)
		}
		if err := each(value); err != nil {
			return err
		}
	}
}
