// Command screenshots takes pictures of every page of the real program on the
// demo's data: light, dark, and on a phone. It starts the program in a folder of
// its own, signs in, and writes small PNG files and a page that shows them.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"afterbeep/web/pagetest"
)

// look is one way of looking at a page.
type look struct {
	name          string
	width, height int64
	scheme        string
}

func looks() []look {
	return []look{{"light", 1280, 800, "light"}, {"dark", 1280, 800, "dark"}, {"phone", 360, 740, "light"}}
}

const (
	startPatience   = 2 * time.Minute
	picturePatience = 10 * time.Minute
)

func main() {
	binary := flag.String("binary", "bin/afterbeep", "the program")
	out := flag.String("out", "docs/screenshots", "folder to write to")
	voicemails := flag.Int("voicemails", 600, "how many voicemails the demo makes up")
	only := flag.String("only", "", "name of the one page to take; all where it is empty")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *binary, *out, *voicemails, *only); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, out string, voicemails int, only string) error {
	ctx, cancel := context.WithTimeout(ctx, picturePatience)
	defer cancel()
	dir, err := os.MkdirTemp("", "afterbeep-screenshots")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	demo, err := startDemo(ctx, binary, dir, voicemails)
	if err != nil {
		return err
	}
	defer demo.end()
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	browser, closeBrowser, err := openBrowser(ctx)
	if err != nil {
		return err
	}
	defer closeBrowser()
	pages := pagetest.Pages()
	for _, strangers := range []bool{true, false} {
		if !strangers {
			if err := demo.signIn(browser); err != nil {
				return fmt.Errorf("sign in: %w", err)
			}
		}
		for _, p := range pages {
			if p.Stranger != strangers || only != "" && p.Name != only {
				continue
			}
			if err := take(browser, demo.url, out, p); err != nil {
				return fmt.Errorf("page %s: %w", p.Name, err)
			}
		}
	}
	return writeAlbum(out, pages)
}

// demo is the program with made-up voicemails.
type demo struct {
	cmd                 *exec.Cmd
	url, user, password string
}

// startDemo starts the program and waits until it says that it is open.
func startDemo(ctx context.Context, binary, dir string, voicemails int) (*demo, error) {
	d := &demo{cmd: exec.CommandContext(ctx, binary, "demo", "--voicemails", fmt.Sprint(voicemails))}
	d.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "AFTERBEEP_DATA_DIR=" + filepath.Join(dir, "data"), "AFTERBEEP_LISTEN=127.0.0.1:0"}
	d.cmd.Cancel = func() error { return d.cmd.Process.Signal(syscall.SIGTERM) }
	d.cmd.WaitDelay = 15 * time.Second
	said, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the demo: %w", err)
	}
	late := time.AfterFunc(startPatience, func() { _ = d.cmd.Cancel() })
	defer late.Stop()
	facts := map[string]*string{"Afterbeep is open at": &d.url, "user": &d.user, "password": &d.password}
	line := regexp.MustCompile(`^\s*(Afterbeep is open at|user|password)\s+(\S+)$`)
	for lines := bufio.NewScanner(said); d.password == "" && lines.Scan(); {
		if found := line.FindStringSubmatch(lines.Text()); found != nil {
			*facts[found[1]] = found[2]
		}
	}
	if d.password == "" {
		d.end()
		return nil, errors.New("the demo did not open")
	}
	go io.Copy(io.Discard, said) // ends with the program
	return d, nil
}

// end stops the program and waits for it.
func (d *demo) end() {
	_ = d.cmd.Cancel()
	_ = d.cmd.Wait() // its status tells nothing: it was stopped
}

func (d *demo) signIn(browser context.Context) error {
	return chromedp.Do(browser,
		chromedp.Navigate(d.url+"/login"),
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), d.user),
		chromedp.SendKeys(chromedp.CSS("input[name=password]"), d.password),
		chromedp.Submit(chromedp.CSS("input[name=password]")),
		chromedp.WaitVisible(chromedp.CSS("#top details.menu")),
	)
}

func openBrowser(ctx context.Context) (context.Context, func(), error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.DisableGPU, chromedp.Flag("enable-features", "OverlayScrollbar"))
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			options = append(options, chromedp.ExecPath(path))
			break
		}
	}
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	ctx, end := chromedp.NewContext(ctx)
	return ctx, func() { end(); stop() }, chromedp.Do(ctx)
}

// settled waits until the page is drawn and its scripts have had their turn.
const settled = `(async () => {
	if (document.readyState !== "complete") await new Promise(done => addEventListener("load", done, {once: true}));
	await document.fonts.ready;
	document.activeElement?.blur();
	await new Promise(done => requestIdleCallback(done, {timeout: 1000}));
	for (let i = 0; i < 2; i++) await new Promise(done => requestAnimationFrame(done));
	return "";
})()`

// take takes the pictures of a page.
func take(browser context.Context, base, out string, p pagetest.Page) error {
	path := p.Path
	if p.Link != "" {
		if err := chromedp.Do(browser, chromedp.Navigate(base+path)); err != nil {
			return err
		}
		found, err := chromedp.Run(browser, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.getAttribute("href") ?? ""`, p.Link)))
		if err != nil {
			return err
		}
		if found == "" {
			return fmt.Errorf("no link %s on %s", p.Link, p.Path)
		}
		path = found
	}
	for _, l := range looks() {
		if err := chromedp.Do(browser, chromedp.EmulateViewport(l.width, l.height), media(l.scheme), chromedp.Navigate(base+path)); err != nil {
			return err
		}
		if _, err := chromedp.Run(browser, chromedp.Evaluate[string](settled, chromedp.EvalAwaitPromise)); err != nil {
			return err
		}
		shot, err := chromedp.Run(browser, chromedp.CaptureScreenshot())
		if err != nil {
			return err
		}
		if err := write(filepath.Join(out, p.Name+"-"+l.name+".png"), shot); err != nil {
			return err
		}
	}
	return nil
}

// media asks for colours of a scheme, and for nothing to move.
func media(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	})
}

// write makes the picture small and keeps it.
func write(file string, shot []byte) error {
	full, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, fewColours(full)); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

// writeAlbum writes the page that shows the pictures.
func writeAlbum(out string, pages []pagetest.Page) error {
	var b strings.Builder
	b.WriteString("# Every page\n\nTaken by `make screenshots` from the real program on the demo's data.\n")
	for _, p := range pages {
		fmt.Fprintf(&b, "\n## %s\n\n", strings.ToUpper(p.Name[:1])+strings.ReplaceAll(p.Name[1:], "-", " "))
		for _, l := range looks() {
			fmt.Fprintf(&b, "![%s, %s](%s-%s.png)\n", p.Name, l.name, p.Name, l.name)
		}
	}
	return os.WriteFile(filepath.Join(out, "README.md"), []byte(b.String()), 0o644)
}
