package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// goal says how many times faster than the best peer a class shall be.
type goal struct{ p50, p95, p99 float64 }

func goals() map[string]goal {
	return map[string]goal{
		classNewest: {5, 4, 2.5}, classRelevance: {3, 2.5, 2.5}, classFilter: {2, 1.5, 0}, classFuzzy: {4, 3, 0}, classPrefix: {3, 1, 0},
		classCommon: {3, 1, 0}, classAnd: {1.5, 1.2, 0}, classOr: {1.5, 1.2, 0}, classRare: {4, 2, 0}, classPhrase: {3, 1.5, 0},
	}
}

// The goals that are no ratios.
const (
	goalBuild  = 4000 // voicemails a second
	goalFound  = 250  // ms, p95, recorded to found
	goalKey    = 100  // ms, p95, key to pixels
	goalStart  = 1000 // ms
	goalMemory = 1000 // MB
	goalWorst  = 250  // ms, naughty queries
	goalBusy   = 2    // times the idle p95 while voicemails arrive
)

// write prints all tables.
func (r report) write(w io.Writer, form func(table) string) error {
	for _, t := range r.tables() {
		if _, err := io.WriteString(w, form(t)); err != nil {
			return err
		}
	}
	return nil
}

func (r report) tables() []table {
	tables := []table{r.latencies(), r.ratios(), r.throughputs(), r.builds()}
	if f := r.ours(); f != nil {
		if len(f.Typed) > 0 {
			tables = append(tables, typedTable(*f))
		}
		if f.Keys != nil {
			tables = append(tables, keysTable(*f))
		}
		if f.Live != nil {
			tables = append(tables, liveTable(*f))
		}
		if len(f.Naughty) > 0 {
			tables = append(tables, naughtyTable(*f))
		}
	}
	return append(tables, r.agreement(), r.queries())
}

// queries tells what the classes are.
func (r report) queries() table {
	t := table{title: "The queries", head: []string{"class", "an example, as Afterbeep is asked", "found on average"}}
	for _, c := range r.Classes {
		t.add(strings.ReplaceAll(c.Class, "_", " "), c.Example, many(c.Mean))
	}
	t.below = "Words of the corpus: common ones are in 2 to 30 % of all voicemails, rare ones in 2 to 50; the others in at most 15 %. " +
		"A prefix is the shortest of some word, from three letters on, that stands for 200 words at most: Afterbeep leaves out what is past that, with a note. " +
		"The filter is three months and a language. A page is two words side by side, a word or a phrase."
	return t
}

// ours are Afterbeep's figures; nil where it was left out.
func (r report) ours() *figures {
	for i, f := range r.Engines {
		if f.Engine == "Afterbeep" {
			return &r.Engines[i]
		}
	}
	return nil
}

func pair(c classFigures) string {
	if c.Queries == 0 {
		return "-"
	}
	s := ms(c.P50) + " / " + ms(c.P95) + " / " + ms(c.P99)
	return s
}

func (r report) latencies() table {
	t := table{title: "Latency, p50 / p95 / p99 in ms, one client", head: []string{"class"}}
	for _, f := range r.Engines {
		t.head = append(t.head, f.Engine)
	}
	for _, f := range r.Engines {
		switch {
		case len(f.Alone) == 0:
		case f.Engine == "Lucene":
			t.head = append(t.head, "Lucene, no highlight")
		default:
			t.head = append(t.head, f.Engine+", index alone")
		}
	}
	for _, name := range classes() {
		row := []string{strings.ReplaceAll(name, "_", " ")}
		for _, f := range r.Engines {
			row = append(row, pair(class(f.Classes, name)))
		}
		for _, f := range r.Engines {
			if len(f.Alone) > 0 {
				row = append(row, pair(class(f.Alone, name)))
			}
		}
		t.add(row...)
	}
	t.below = "Top 20 with excerpts; the pages with exact total and facets too. Words mean themselves in all engines (Afterbeep is asked with quoted words). " +
		"The plain classes ask the peers for no total, Afterbeep for an exact one. Each engine runs in a process of its own, one after the other in the order of the columns; " +
		"every class is asked once to warm up and once for the figures."
	return t
}

// best is the fastest of the peers that have the class, and its name.
func (r report) best(name string, of func(classFigures) float64) (float64, string) {
	best, who := 0.0, ""
	for _, f := range r.Engines {
		c := class(f.Classes, name)
		if f.Engine != "Afterbeep" && c.Queries > 0 && (who == "" || of(c) < best) {
			best, who = of(c), f.Engine
		}
	}
	return best, who
}

func (r report) ratios() table {
	t := table{title: "How many times faster than the best peer", head: []string{"class", "p50", "goal", "p95", "goal", "p99", "goal", "best peer at p50", ""}}
	ours := r.ours()
	if ours == nil || len(r.Engines) < 2 {
		return t
	}
	for _, name := range classes() {
		c, g := class(ours.Classes, name), goals()[name]
		if c.Queries == 0 {
			continue
		}
		row, short := []string{strings.ReplaceAll(name, "_", " ")}, false
		for _, q := range []struct {
			of   func(classFigures) float64
			goal float64
		}{
			{func(c classFigures) float64 { return c.P50 }, g.p50},
			{func(c classFigures) float64 { return c.P95 }, g.p95},
			{func(c classFigures) float64 { return c.P99 }, g.p99},
		} {
			best, _ := r.best(name, q.of)
			ratio := best / max(q.of(c), 1e-6)
			short = short || ratio < q.goal
			goal := "-"
			if q.goal > 0 {
				goal = fmt.Sprintf("%gx", q.goal)
			}
			row = append(row, fmt.Sprintf("%.1fx", ratio), goal)
		}
		_, who := r.best(name, func(c classFigures) float64 { return c.P50 })
		t.add(append(row, who, verdict(!short))...)
	}
	return t
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "SHORT"
}

func (r report) throughputs() table {
	t := table{title: fmt.Sprintf("Searches a second, %d clients", clients), head: []string{"class"}}
	for _, f := range r.Engines {
		t.head = append(t.head, f.Engine)
	}
	for _, name := range classes() {
		row := []string{strings.ReplaceAll(name, "_", " ")}
		for _, f := range r.Engines {
			row = append(row, many(class(f.Classes, name).QPS))
		}
		t.add(row...)
	}
	return t
}

func (r report) builds() table {
	t := table{title: "Build, disk, memory, start", head: []string{"engine", "voicemails/s", "build s", "memory while building, MB", "disk, MB", "memory serving, MB", "start to first answer, ms"}}
	for _, f := range r.Engines {
		t.add(f.Engine, many(f.BuildRate), ms(f.BuildSecs), many(f.BuildMB), many(f.DiskMB), many(f.ServeMB), ms(f.StartMS))
	}
	var below []string
	if f := r.ours(); f != nil && f.BuildRate > 0 {
		below = append(below, fmt.Sprintf("Goals: %s voicemails/s built (%s), start under %s ms (%s), at most %s MB serving (%s).",
			many(goalBuild), verdict(f.BuildRate >= goalBuild), many(goalStart), verdict(f.StartMS < goalStart), many(goalMemory), verdict(f.ServeMB <= goalMemory)))
	}
	for _, f := range r.Engines {
		if f.About != "" {
			below = append(below, "\n* "+f.Engine+": "+strings.Join(append([]string{f.About}, f.Notes...), "; ")+".")
		}
	}
	t.below = strings.Join(below, "")
	return t
}

func typedTable(f figures) table {
	t := table{title: "As people type: with inflections, synonyms, sounds and typos", head: []string{"class", "p50 / p95 / p99 ms", "finds more than the words alone"}}
	for _, c := range f.Typed {
		if c.Class == classNumber {
			t.add("a caller's number, page", pair(c), "-")
			continue
		}
		t.add(strings.ReplaceAll(c.Class, "_", " "), pair(c), fmt.Sprintf("%d of %d queries", c.Check.More, c.Check.More+c.Check.Equal+c.Check.Fewer))
	}
	t.below = "The same queries without quotes."
	return t
}

func liveTable(f figures) table {
	l := f.Live
	t := table{title: "Recording and searching at the same time", head: []string{"what", "n", "p50 ms", "p95 ms", "max ms"}}
	row := func(what string, s spread) { t.add(what, fmt.Sprint(s.N), ms(s.P50), ms(s.P95), ms(s.Max)) }
	row(fmt.Sprintf("page, %d a second, nothing arrives", searchesPerSecond), l.Idle)
	row(fmt.Sprintf("page, %d a second, %.0f voicemails a second arrive", searchesPerSecond, l.Rate), l.Arriving)
	row("recorded in the store to found in a search", l.Found)
	t.below = fmt.Sprintf("Goals: p95 while they arrive within %dx of idle (%s), found within %d ms at p95 (%s). Not yet indexed when the last one had arrived: %d.",
		goalBusy, verdict(l.Arriving.P95 <= goalBusy*l.Idle.P95), goalFound, verdict(l.Found.P95 <= goalFound), l.Behind)
	return t
}

func naughtyTable(f figures) table {
	t := table{title: "Queries that nobody should type", head: []string{"query", "bytes", "found", "worst ms", "note"}}
	worst := 0.0
	for _, n := range f.Naughty {
		t.add(n.Name, fmt.Sprint(n.Bytes), fmt.Sprint(n.Total), ms(n.Worst), n.Note)
		worst = max(worst, n.Worst)
	}
	t.below = fmt.Sprintf("Goal: %d ms at most (%s).", goalWorst, verdict(worst <= goalWorst))
	return t
}

func (r report) agreement() table {
	t := table{title: "Do the totals agree with a plain count", head: []string{"class"}}
	for _, f := range r.Engines {
		t.head = append(t.head, f.Engine)
	}
	for _, name := range classes() {
		row := []string{strings.ReplaceAll(name, "_", " ")}
		for _, f := range r.Engines {
			c := class(f.Classes, name)
			row = append(row, agreed(c))
			if c.Check.Example != "" {
				t.below += "\n* " + f.Engine + ", " + strings.ReplaceAll(name, "_", " ") + ": " + c.Check.Example
			}
		}
		t.add(row...)
	}
	t.below = "Equal of those asked; the newest 20 are compared too. Lucene tells the mean total of a class only, and but for the pages it may stop counting at 1,000; " +
		"its fuzzy search looks at 50 words at most. PostgreSQL finds near words by trigrams and misses some. First difference of each:" + t.below
	return t
}

func agreed(c classFigures) string {
	k := c.Check
	n := k.Equal + k.More + k.Fewer
	if n == 0 {
		return "-"
	}
	s := fmt.Sprintf("%d/%d", k.Equal, n)
	for _, d := range []struct {
		n    int
		what string
	}{{k.More, "more"}, {k.Fewer, "fewer"}, {k.WrongTop, "other hits"}} {
		if d.n > 0 {
			s += fmt.Sprintf(", %d %s", d.n, d.what)
		}
	}
	return s
}

// byHand begins what people write below the tables; a new page keeps it.
const byHand = "\n## What falls short, and why\n"

// writePage writes the page, keeping what was written by hand.
func (r report) writePage(path string) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Performance\n\nThe last full run of `make bench`, which measures Afterbeep beside other engines on the same made-up voicemails, one after the other.\n\n"+
		"* %s voicemails, %s different words, %d queries a class, seed %d\n* %s, commit %s, `%s`, %.0f minutes\n* %s, %d cores, %d GiB, %s, %s, load %s at the start\n",
		many(float64(r.Voicemails)), many(float64(r.Words)), r.PerClass, r.Seed, r.Date.Format("2006-01-02 15:04 UTC"), r.Commit, r.Command, r.Seconds/60,
		r.Machine.CPU, r.Machine.Cores, r.Machine.Memory, r.Machine.Kernel, r.Machine.Go, r.Machine.Load)
	if err := r.write(&b, table.markdown); err != nil {
		return err
	}
	if _, kept, ok := strings.Cut(string(old), byHand); ok {
		b.WriteString(byHand + kept)
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}
