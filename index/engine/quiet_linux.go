package engine

import "syscall"

// quietNice is the niceness of what is done in the background: a tenth of the
// weight of a thread that searches.
const quietNice = 10

// giveWay makes the thread less important than others, which it can't take
// back. It is a matter of speed alone: where the system says no, all works.
func giveWay() { _ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), quietNice) }
