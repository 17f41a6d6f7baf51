package sqlite

import (
	"context"
	"database/sql/driver"
)

// keptStatements is how many statements a connection keeps at most: those of
// this package, with lists of several lengths.
const keptStatements = 256

// preparing opens connections that keep what they prepared. To read a statement
// takes SQLite longer than to run most of them, and the driver reads it each time.
type preparing struct{ driver.Connector }

// Connect implements driver.Connector.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c, ok := opened.(driverConn)
	if !ok {
		return opened, nil
	}
	return &conn{driverConn: c, kept: make(map[string]*statement)}, nil
}

// driverConn is what the driver's connections are.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn is a connection that keeps what it prepared. As all of database/sql's it
// is used by one goroutine at a time.
type conn struct {
	driverConn
	kept map[string]*statement
}

// statement is a prepared one. It runs one query at a time.
type statement struct {
	driver.Stmt
	busy bool // rows of it are being read
}

// statement is the one of the query. It is nil where that one is busy; so is
// whatever could not be prepared, so that the error is the driver's own.
func (c *conn) statement(ctx context.Context, query string) *statement {
	if s := c.kept[query]; s != nil {
		if s.busy {
			return nil
		}
		return s
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil
	}
	if len(c.kept) >= keptStatements {
		c.forget()
	}
	s := &statement{Stmt: prepared}
	c.kept[query] = s
	return s
}

// forget closes the statements that are not busy.
func (c *conn) forget() {
	for query, s := range c.kept {
		if !s.busy {
			_ = s.Close()
			delete(c.kept, query)
		}
	}
}

// Close implements driver.Conn.
func (c *conn) Close() error {
	for _, s := range c.kept {
		_ = s.Close()
	}
	c.kept = nil
	return c.driverConn.Close()
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s := c.statement(ctx, query)
	if s == nil {
		return c.driverConn.ExecContext(ctx, query, args)
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s := c.statement(ctx, query)
	if s == nil {
		return c.driverConn.QueryContext(ctx, query, args)
	}
	found, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &rows{Rows: found, of: s}, nil
}

// rows are those of a statement that is kept.
type rows struct {
	driver.Rows
	of *statement
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
