package index_test

import (
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
	goleak.VerifyTestMain(m)
}
