package index

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// lockPatience covers a process that is just ending.
const lockPatience = 500 * time.Millisecond

// lockFolder takes the folder for this process until the file is closed or the
// process ends. ErrInUse when another has it. The lock is on a file of its own,
// not on the engine's: those come and go with generations.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	deadline := time.Now().Add(lockPatience)
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return f, nil
		}
		held := errors.Is(err, syscall.EWOULDBLOCK)
		if held && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		_ = f.Close()
		if held {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("lock the index folder: %w", err)
	}
}
