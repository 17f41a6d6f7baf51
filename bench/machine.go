package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// machine is where a run took place.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory int    `json:"memory_gib"`
	Kernel string `json:"kernel"`
	Go     string `json:"go"`
	Load   string `json:"load"` // of the last minute, when the run began
}

func thisMachine() machine {
	m := machine{Cores: runtime.NumCPU(), Go: runtime.Version(), CPU: "unknown"}
	m.CPU = fieldOf("/proc/cpuinfo", "model name")
	if kib, err := strconv.Atoi(strings.TrimSuffix(fieldOf("/proc/meminfo", "MemTotal"), " kB")); err == nil {
		m.Memory = (kib + 1<<19) >> 20
	}
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease") // only Linux has it
	m.Kernel = strings.TrimSpace(runtime.GOOS + " " + string(release))
	load, _ := os.ReadFile("/proc/loadavg")
	m.Load, _, _ = strings.Cut(string(load), " ")
	return m
}

// fieldOf is the value of the first line "name: value" of a file of /proc; ""
// where there is none.
func fieldOf(path, name string) string {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// anonymous is how much memory of its own a process holds now, in megabytes:
// RssAnon, which leaves out files that are mapped. 0 where it can't be told.
func anonymous(pid int) float64 {
	kib, err := strconv.ParseFloat(strings.TrimSuffix(fieldOf("/proc/"+strconv.Itoa(pid)+"/status", "RssAnon"), " kB"), 64)
	if err != nil {
		return 0
	}
	return kib * 1024 / 1e6
}

// folderMB is the size of the files in a folder, or of a file, in megabytes.
func folderMB(path string) (float64, error) {
	var sum int64
	err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return float64(sum) / 1e6, err
}

// commit is the version of the sources that are measured; "" outside git.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
