package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func sealed(t *testing.T, key string) (*sealer, Upstream, []byte) {
	t.Helper()
	s, err := newSealer(key, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	u := Upstream{BotID: "st-1", AccountID: "acc", ClientID: "cs-1", BaseURL: "https://platform.kore.ai", ClientSecret: "s3cret-value"}
	return s, u, s.sealBot(&u)
}

func TestASealedSecretOpens(t *testing.T) {
	s, u, text := sealed(t, "")
	if bytes.Contains(text, []byte(u.ClientSecret)) {
		t.Fatal("the secret can be read")
	}
	got := u
	got.ClientSecret = ""
	if err := s.openBot(&got, text); err != nil || got != u {
		t.Errorf("got %+v, error %v", got, err)
	}
}

func TestASealedSecretIsBound(t *testing.T) {
	s, u, text := sealed(t, "a key that is long enough")
	other, _, _ := sealed(t, "another key, long enough too")
	for name, try := range map[string]func() error{
		"another bot":       func() error { v := u; v.BotID = "st-2"; return s.openBot(&v, text) },
		"another base URL":  func() error { v := u; v.BaseURL = "https://evil.example"; return s.openBot(&v, text) },
		"another client id": func() error { v := u; v.ClientID = "cs-2"; return s.openBot(&v, text) },
		"another key":       func() error { v := u; return other.openBot(&v, text) },
		"cut short":         func() error { v := u; return s.openBot(&v, text[:10]) },
		"changed":           func() error { v := u; b := bytes.Clone(text); b[len(b)-1] ^= 1; return s.openBot(&v, b) },
	} {
		if err := try(); !errors.Is(err, errSealed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTheKeyOfADataFolderStays(t *testing.T) {
	dir := t.TempDir()
	first, err := newSealer("", dir)
	if err != nil {
		t.Fatal(err)
	}
	u := Upstream{BotID: "st-1", ClientSecret: "s"}
	text := first.sealBot(&u)
	again, err := newSealer("", dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.openBot(&u, text); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(filepath.Join(dir, "secret-key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, error %v", info.Mode(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret-key"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newSealer("", dir); err == nil {
		t.Error("an empty key is taken")
	}
}
