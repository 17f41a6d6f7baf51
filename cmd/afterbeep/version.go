package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set when the program is built; see the Makefile.
var version = ""

type versionCmd struct{}

// Run prints the version on standard output.
func (versionCmd) Run(p *program) error {
	fmt.Fprintf(p.stdout, "afterbeep %s (%s %s/%s)\n", versionName(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

func versionName() string {
	if version != "" {
		return version
	}
	if build, ok := debug.ReadBuildInfo(); ok && build.Main.Version != "" {
		return build.Main.Version
	}
	return "unknown"
}
