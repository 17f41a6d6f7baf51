package store

import "errors"

// The errors of the contract. Compare with errors.Is.
var (
	// ErrNotFound means that there is no such row, or none in the scope.
	ErrNotFound = errors.New("not found")
	// ErrExists means that the name is taken.
	ErrExists = errors.New("already exists")
	// ErrLeased means that somebody else holds the session's lease.
	ErrLeased = errors.New("leased by another worker")
	// ErrLeaseLost means that the lease ran out and is not held any more.
	ErrLeaseLost = errors.New("lease lost")
	// ErrLocked means that another holder has the lock.
	ErrLocked = errors.New("locked by another process")
	// ErrNewerSchema means that the database was migrated by a newer program.
	ErrNewerSchema = errors.New("the database was migrated by a newer version of afterbeep; use that version or restore a backup")
	// ErrConflict means that what is to be replaced was changed meanwhile.
	ErrConflict = errors.New("changed meanwhile")
	// ErrLastAdmin means that nobody would be left who can give rights.
	ErrLastAdmin = errors.New("the last administrator")
	// ErrHeld means that somebody else holds the callback.
	ErrHeld = errors.New("held by somebody else")
	// ErrClosed means that the callback is done.
	ErrClosed = errors.New("already done")
	// ErrTooOften means that the caller was tried as often as a day allows.
	ErrTooOften = errors.New("tried often enough today")
	// ErrInvalid means that the caller handed in something that can't be stored.
	ErrInvalid = errors.New("invalid")
)
