package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// MinPassword is how many characters a password has at least.
const MinPassword = 10

// ErrShortPassword means that a password has fewer than MinPassword characters.
var ErrShortPassword = fmt.Errorf("a password needs at least %d characters", MinPassword)

// maxPassword is how many bytes a password has at most: forms take no more.
const maxPassword = 1024

// ErrOddPassword means that no form could send such a password.
var ErrOddPassword = fmt.Errorf("a password is text of at most %d bytes", maxPassword)

// Hashing says how much work a password costs.
type Hashing struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultHashing is what OWASP asks of argon2id at least: 19 MiB, two passes.
func DefaultHashing() Hashing { return Hashing{MemoryKiB: 19 << 10, Passes: 2, Threads: 1} }

// Bounds of the parameters that a stored hash may ask for, so that a damaged
// row can't take the machine's memory.
const (
	maxMemoryKiB = 256 << 10
	maxPasses    = 16
	saltBytes    = 16
	keyBytes     = 32
)

// HashPassword returns the argon2id hash of a password as a PHC string, with a
// fresh salt. ErrShortPassword for a short one, ErrOddPassword for one that is
// too long or not UTF-8.
func HashPassword(password string) (string, error) {
	return DefaultHashing().hash(password)
}

// CheckPassword reports whether the PHC string is of that password. An empty or
// unreadable hash is of none.
func CheckPassword(phc, password string) bool {
	p, err := parsePHC(phc)
	return err == nil && p.matches(password)
}

// canonical makes one password of the ways in which keyboards compose its
// letters.
func canonical(password string) []byte { return norm.NFC.Bytes([]byte(password)) }

func (h Hashing) hash(password string) (string, error) {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return "", ErrShortPassword
	case len(password) > maxPassword || !utf8.ValidString(password):
		return "", ErrOddPassword
	}
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	key := argon2.IDKey(canonical(password), salt, h.Passes, h.MemoryKiB, h.Threads, keyBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.MemoryKiB, h.Passes, h.Threads, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

type phc struct {
	Hashing
	salt, key []byte
}

var errPHC = errors.New("not an argon2id hash that can be checked")

func parsePHC(s string) (phc, error) {
	var p phc
	var version int
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return p, errPHC
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return p, errPHC
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Passes, &p.Threads); err != nil {
		return p, errPHC
	}
	var errSalt, errKey error
	p.salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
	p.key, errKey = base64.RawStdEncoding.DecodeString(parts[5])
	sane := p.MemoryKiB <= maxMemoryKiB && p.Passes > 0 && p.Passes <= maxPasses && p.Threads > 0 && len(p.key) >= 16
	if errSalt != nil || errKey != nil || !sane {
		return p, errPHC
	}
	return p, nil
}

func (p phc) matches(password string) bool {
	key := argon2.IDKey(canonical(password), p.salt, p.Passes, p.MemoryKiB, p.Threads, uint32(len(p.key)))
	return subtle.ConstantTimeCompare(key, p.key) == 1
}

// hasher does the password work of the server: a few at a time, so that a
// flood of sign-ins can't take the memory, and the same work whether or not
// there is such a user. Safe for concurrent use.
type hasher struct {
	Hashing
	slots chan struct{}
	decoy string        // hash of a password that nobody knows
	spent func(Hashing) // told of each derivation; tests count with it
}

// hashSlots is how many passwords are worked on at a time.
const hashSlots = 4

func newHasher(h Hashing) (*hasher, error) {
	decoy, err := h.hash(rand.Text())
	if err != nil {
		return nil, err
	}
	return &hasher{Hashing: h, slots: make(chan struct{}, hashSlots), decoy: decoy, spent: func(Hashing) {}}, nil
}

// check reports whether the password is that of the hash. With a hash that
// can't be checked, as that of an unknown user, it does the work for nothing.
func (h *hasher) check(ctx context.Context, hash, password string) (bool, error) {
	release, err := h.acquire(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	p, errHash := parsePHC(hash)
	if errHash != nil {
		if p, err = parsePHC(h.decoy); err != nil {
			return false, err
		}
	}
	h.spent(p.Hashing)
	return p.matches(password) && errHash == nil, nil
}

func (h *hasher) make(ctx context.Context, password string) (string, error) {
	release, err := h.acquire(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	h.spent(h.Hashing)
	return h.hash(password)
}

func (h *hasher) acquire(ctx context.Context) (release func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, busy(ctx.Err())
	}
}
