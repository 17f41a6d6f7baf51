// Command afterbeep finds, plays and searches the voicemails of a contact
// centre on Kore.ai.
//
// It is the only package that knows every other: it reads flags and
// environment, checks them in full, wires store, ingester, index and web app
// together and runs one subcommand, each in a file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // the image that this runs in has no time zones
	"unicode"

	"github.com/alecthomas/kong"
	"github.com/lmittmann/tint"
	_ "golang.org/x/crypto/x509roots/fallback" // nor certificates
	"golang.org/x/term"
)

// cli is the command line.
type cli struct {
	Settings `embed:"" group:"settings"`

	Serve       serveCmd       `cmd:"" help:"Serve the web app, fetch on schedule and keep the index up to date."`
	Demo        demoCmd        `cmd:"" help:"Serve made-up voicemails from a simulated upstream; needs nothing set up."`
	Ingest      ingestCmd      `cmd:"" help:"Look for new voicemails and fetch them, once, now."`
	Import      importCmd      `cmd:"" help:"Store voicemail endpoint responses from a file, no upstream needed."`
	Search      searchCmd      `cmd:"" help:"Search the archive."`
	Export      exportCmd      `cmd:"" help:"Print all that a search finds, as a table for spreadsheets or as JSON lines."`
	Corrections correctionsCmd `cmd:"" help:"Print what people corrected in callback requests, as labelled test data: JSON lines with the texts."`
	Reindex     reindexCmd     `cmd:"" help:"Build the index anew beside the old one, then swap."`
	Verify      verifyCmd      `cmd:"" help:"Read all archived audio, compare it with its checksums, and have what is missing or damaged fetched again."`
	User        userCmd        `cmd:"" help:"Add and change the people who may sign in."`
	Token       tokenCmd       `cmd:"" help:"Create and revoke bearer tokens for the API."`
	Doctor      doctorCmd      `cmd:"" help:"Check configuration, database, index, upstream and disk; say what is wrong and what to do."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// program is what a subcommand runs with.
type program struct {
	config Config
	log    *slog.Logger
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once, as people expect of Ctrl-C.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run parses the arguments, runs the subcommand and returns the exit status: 0
// only when the whole job was done, 2 for arguments or settings that are off.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var c cli
	exited := -1
	parser, err := newParser(&c, stdout, stderr, func(code int) { exited = code })
	if err != nil {
		return complain(stderr, err, 2)
	}
	switch {
	case len(args) == 0:
		args = []string{"--help"}
	case args[0] == "help":
		args = append(slices.Clone(args[1:]), "--help")
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help has printed what it has to say
		return exited
	}
	if err != nil {
		return complain(stderr, fmt.Errorf("%s (see afterbeep --help)", missingValue.ReplaceAllString(err.Error(), ": a value is missing")), 2)
	}
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr}
	if parsed.Command() != "version" {
		if p.config, err = c.Settings.Config(); err != nil {
			return complain(stderr, err, 2)
		}
	}
	p.log = newLogger(stderr, p.config.JSONLog)
	// Some libraries write to the standard library's log, in a form of its own.
	log.SetFlags(0)
	log.SetOutput(slog.NewLogLogger(p.log.Handler(), slog.LevelWarn).Writer())
	for _, name := range unknownVariables(os.Environ(), parser.Model.AllFlags(true)[0]) {
		p.log.Warn("no setting has this name; it is ignored", "variable", name)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(p); err != nil {
		return complain(stderr, err, 1)
	}
	return 0
}

// missingValue is how the parser tells of a flag at the end of the line.
var missingValue = regexp.MustCompile(`: expected \w+ value but got "EOL" \(<EOL>\)`)

func newParser(c *cli, stdout, stderr io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("afterbeep"),
		kong.Description("Find the voicemail. Hear it. Call the person back. Prove that it happened."),
		kong.Writers(stdout, stderr),
		kong.Exit(exit),
		kong.Resolvers(environment{lookup: os.LookupEnv}),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100, NoExpandSubcommands: true}),
		kong.ValueFormatter(helpWithVariable),
		kong.Help(printHelp),
		kong.ExplicitGroups([]kong.Group{{
			Key:   settingsGroup,
			Title: "Settings (each is also an environment variable; NAME_FILE reads it from a file):",
		}}),
	)
}

// errSilent ends the program with status 1 after everything has been said.
var errSilent = errors.New("")

func complain(w io.Writer, err error, code int) int {
	if errors.Is(err, errSilent) {
		return code
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(w, "afterbeep: "+printable(line))
	}
	return code
}

// printable keeps what somebody else wrote from steering the terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

func helpWithVariable(v *kong.Value) string {
	help := kong.DefaultHelpValueFormatter(v)
	if v.Flag != nil && isSetting(v.Flag) {
		help += " $" + variable(v.Flag.Name)
	}
	return help
}

// printHelp lists all settings for the commands that serve or speak with the
// upstream. The others' own flags would drown in them: these say where the
// archive is, verify where its audio is too, and the program's own help is the
// list of commands.
func printHelp(options kong.HelpOptions, ctx *kong.Context) error {
	command, _, _ := strings.Cut(ctx.Command(), " ")
	none := command == "" || command == "version"
	all := slices.Contains([]string{"serve", "demo", "ingest", "doctor"}, command)
	for _, flag := range ctx.Model.Flags {
		archive := flag.Name == "database-url" || flag.Name == "data-dir"
		audio := command == "verify" && (flag.Name == "archive" || strings.HasPrefix(flag.Name, "s3-"))
		flag.Hidden = flag.Hidden || isSetting(flag) && !all && (none || !archive && !audio)
	}
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	if !all && !none {
		fmt.Fprintln(ctx.Stdout, `
All settings: "afterbeep serve --help".`)
	}
	return nil
}

func newLogger(w io.Writer, asJSON bool) *slog.Logger {
	if asJSON {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{TimeFormat: "2006-01-02 15:04:05", NoColor: !isTerminal(w)}))
}

// isTerminal reports whether a person sees what is written to w at once.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
