package web

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"afterbeep/store"
)

// The formats of an export.
const (
	// ExportCSV is a table for spreadsheets: UTF-8 with a byte order mark, for
	// without one some of them take it for another encoding, lines that end in
	// CR LF, and a header row. The link comes first, so that who reads it without
	// taking off the mark still finds every other column by its name. No cell is
	// taken for a formula: text that looks like one has an apostrophe before it.
	ExportCSV = "csv"
	// ExportJSONL is one hit a line, as the API gives it.
	ExportJSONL = "jsonl"
)

// Export writes hits one after the other in one of the formats. It is not safe
// for concurrent use.
type Export struct {
	w    io.Writer
	csv  *csv.Writer // nil for JSON lines
	base string
}

// NewExport begins an export. publicURL is where people reach Afterbeep: links in
// a table begin with it; "" leaves them without. Nothing is written before the
// first Write or Close.
func NewExport(w io.Writer, format, publicURL string) (*Export, error) {
	x := &Export{w: w, base: strings.TrimRight(publicURL, "/")}
	switch format {
	case ExportJSONL:
		return x, nil
	case ExportCSV:
		x.csv = csv.NewWriter(&marked{w: w})
		x.csv.UseCRLF = true
		return x, x.row(exportColumns())
	}
	return nil, fmt.Errorf("%q is no format of an export; there are %s and %s", format, ExportCSV, ExportJSONL)
}

// exportColumns is the header row.
func exportColumns() []string {
	return []string{"link", "id", "left_at", "caller", "queue", "lang", "duration_s", "bot_id", "session_id", "author_id",
		"transcript", "recordings", "matched", "tags", "callback", "callback_status", "callback_numbers", "callback_wanted_at", "callback_assignee", "text"}
}

// Write writes one hit.
func (x *Export) Write(h Hit) error {
	if x.csv == nil {
		return writeJSON(x.w, h)
	}
	duration := ""
	if h.DurationS != nil {
		duration = strconv.FormatFloat(*h.DurationS, 'f', -1, 64)
	}
	requested, numbers := "", []string(nil)
	if h.Callback.Requested {
		requested = "requested"
	} else if h.Callback.Lane == string(store.LaneListen) {
		requested = "listen"
	}
	for _, n := range h.Callback.Numbers {
		numbers = append(numbers, n.E164)
	}
	var recordings []string
	for _, r := range h.Recordings {
		recordings = append(recordings, x.base+r.URL)
	}
	return x.row([]string{x.base + voicemailPath(h.ID), strconv.FormatInt(h.ID, 10), h.LeftAt.String(), h.Caller, h.Queue, h.Lang, duration,
		h.BotID, h.SessionID, h.Author.ID, h.Transcript, strings.Join(recordings, " "), strings.Join(h.Matched, ", "), strings.Join(h.Tags, " "),
		requested, h.Callback.Status, strings.Join(numbers, " "), h.Callback.WantedAt, h.Callback.Assignee, h.Text})
}

func (x *Export) row(cells []string) error {
	cells = slices.Clone(cells)
	for i, c := range cells {
		cells[i] = harmless(c)
	}
	if err := x.csv.Write(cells); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}

// Close writes what is left to write. It does not close the writer below.
func (x *Export) Close() error {
	if x.csv == nil {
		return nil
	}
	x.csv.Flush()
	if err := x.csv.Error(); err != nil {
		return fmt.Errorf("write export: %w", err)
	}
	return nil
}

// harmless keeps a spreadsheet from computing what a caller said. A plain
// number with its sign stays as it is: it computes nothing, and most callers
// are one.
func harmless(cell string) string {
	if isNumber(cell) && strings.LastIndexAny(cell, "+-") <= 0 {
		return cell
	}
	// Spreadsheets skip spaces before a formula; some take the fullwidth signs.
	first := strings.TrimLeft(cell, " \u00a0\u3000")
	if first == "" || !strings.ContainsAny(first[:1], "=+-@\t\r\n|%") && !strings.HasPrefix(first, "＝") && !strings.HasPrefix(first, "＋") &&
		!strings.HasPrefix(first, "－") && !strings.HasPrefix(first, "＠") {
		return cell
	}
	return "'" + cell
}

// marked writes the byte order mark before the first bytes.
type marked struct {
	w    io.Writer
	done bool
}

// Write implements io.Writer.
func (m *marked) Write(b []byte) (int, error) {
	if !m.done {
		if _, err := io.WriteString(m.w, "\uFEFF"); err != nil {
			return 0, err
		}
		m.done = true
	}
	return m.w.Write(b)
}
