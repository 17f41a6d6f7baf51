package sqlite_test

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"afterbeep/store"
	"afterbeep/store/sqlite"
	"afterbeep/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	folder := t.TempDir()
	storetest.Run(t, func(t *testing.T, o storetest.Options) store.Store {
		name := sha256.Sum256([]byte(o.Database))
		s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(folder, hex.EncodeToString(name[:8])+".db"), Now: o.Now})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
