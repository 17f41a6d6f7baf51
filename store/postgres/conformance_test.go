package postgres

import (
	"sync"
	"testing"

	"afterbeep/store"
	"afterbeep/store/storetest"
)

func TestConformance(t *testing.T) {
	var mu sync.Mutex
	urls := map[string]string{} // of the suite's databases
	storetest.Run(t, func(t *testing.T, o storetest.Options) store.Store {
		mu.Lock()
		url, made := urls[o.Database]
		mu.Unlock()
		if !made {
			url = storetest.Postgres(t)
			mu.Lock()
			urls[o.Database] = url
			mu.Unlock()
		}
		s, err := Open(t.Context(), Config{URL: url, Now: o.Now})
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		return s
	})
}
