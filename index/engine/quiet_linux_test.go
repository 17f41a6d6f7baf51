package engine

import (
	"runtime"
	"syscall"
	"testing"
)

// niceness is the calling thread's; the system call counts from the other end.
func niceness(t *testing.T) int {
	t.Helper()
	priority, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
	if err != nil {
		t.Fatal(err)
	}
	return 20 - priority
}

func TestOnlyWhatIsDoneQuietlyGivesWay(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, inside := niceness(t), 0
	Quietly(func() { inside = niceness(t) })
	if inside != before {
		t.Errorf("niceness %d where nobody is to have precedence, want %d", inside, before)
	}
	defer GiveWay()()
	for range 3 { // no thread that gave way is used again
		Quietly(func() { inside = niceness(t) })
		if after := niceness(t); inside < min(before+1, quietNice) || after != before {
			t.Errorf("niceness %d before, %d inside, %d after", before, inside, after)
		}
	}
}
