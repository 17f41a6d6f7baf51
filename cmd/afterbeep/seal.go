package main

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/chacha20poly1305"
)

// sealer seals the secrets that pages keep, those of bots and of webhooks, so
// that a copy of the database is not a copy of them.
type sealer struct{ aead cipher.AEAD }

// shortestKey is how long a given key must be: nobody types one.
const shortestKey = 16

// newSealer makes a sealer of the key that is set, else of the one in the data
// folder, which is made at the first call.
func newSealer(key, dataDir string) (*sealer, error) {
	if key == "" {
		var err error
		if key, err = keptKey(filepath.Join(dataDir, "secret-key")); err != nil {
			return nil, fmt.Errorf("the key that seals secrets: %w", err)
		}
	}
	derived, err := hkdf.Key(sha256.New, []byte(key), nil, "afterbeep bot secrets 1", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.NewX(derived)
	if err != nil {
		return nil, err
	}
	return &sealer{aead}, nil
}

func keptKey(file string) (string, error) {
	text, err := os.ReadFile(file)
	switch {
	case err == nil && len(text) >= shortestKey:
		return string(text), nil
	case err == nil:
		return "", fmt.Errorf("%s is too short to be one; restore it from a backup", file)
	case !errors.Is(err, fs.ErrNotExist):
		return "", fileError(err)
	}
	key := rand.Text() + rand.Text()
	return key, writePrivate(file, []byte(key))
}

// seal seals a text for what it belongs to: it can't be opened for anything else.
func (s *sealer) seal(text, belongs string) []byte {
	nonce := make([]byte, s.aead.NonceSize())
	rand.Read(nonce) // never fails
	return s.aead.Seal(nonce, nonce, []byte(text), []byte(belongs))
}

// errSealed is a secret that was sealed with another key or for something else.
var errSealed = errors.New("its secret was sealed with another key; set AFTERBEEP_SECRET_KEY (or the data folder's secret-key) as it was, or enter the secret again")

// open puts back what seal sealed. errSealed where it can't.
func (s *sealer) open(sealed []byte, belongs string) (string, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return "", errSealed
	}
	text, err := s.aead.Open(nil, sealed[:n], sealed[n:], []byte(belongs))
	if err != nil {
		return "", errSealed
	}
	return string(text), nil
}

// belongs binds a sealed secret to the bot and to the place it is sent to: who
// can write to the database can't make it be sent elsewhere.
func (u *Upstream) belongs() string { return u.BotID + "\x00" + u.ClientID + "\x00" + u.BaseURL }

// sealBot seals the bot's secret.
func (s *sealer) sealBot(u *Upstream) []byte { return s.seal(u.ClientSecret, u.belongs()) }

// openBot gives the bot the secret that sealBot sealed. errSealed where it can't.
func (s *sealer) openBot(u *Upstream, sealed []byte) error {
	secret, err := s.open(sealed, u.belongs())
	if err == nil {
		u.ClientSecret = secret
	}
	return err
}
