package postgres

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestOnlyLostConnectionsAreTriedAgain(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err  error
		want bool
	}{
		"the other side has closed":  {fmt.Errorf("receive: %w", io.ErrUnexpectedEOF), true},
		"the connection was reset":   {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, true},
		"the server stops":           {&pgconn.PgError{Code: "57P01"}, true},
		"the pool's one is closed":   {fmt.Errorf("write: %w", net.ErrClosed), true},
		"a table is missing":         {&pgconn.PgError{Code: "42P01"}, false},
		"nobody takes a connection":  {&pgconn.ConnectError{}, false},
		"a row can't be scanned":     {pgx.ScanArgError{Err: errors.New("cannot scan NULL")}, false},
		"an error of this programme": {errors.New("no such field"), false},
	} {
		if got := lost(tc.err); got != tc.want {
			t.Errorf("%s: tried again: %v, want %v", name, got, tc.want)
		}
	}
}
