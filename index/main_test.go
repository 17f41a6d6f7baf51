package index_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// victimDir makes the test binary index that folder's store until it is killed.
const victimDir = "AFTERBEEP_TEST_INDEX_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		os.Exit(runVictim(dir))
	}
	// Each check of this package makes a store and an index, which takes the race
	// detector a while. The command line may still say otherwise.
	if err := flag.Set("rapid.checks", "40"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}
