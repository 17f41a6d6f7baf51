package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"afterbeep/store"
)

// tagMarked is the tag of what was marked while somebody listened.
const tagMarked = "marked"

// PeaksAnswer is the waveform of one recording, and about what is said when.
type PeaksAnswer struct {
	N         int      `json:"n"`
	DurationS *float64 `json:"duration_s"`
	Peaks     []int    `json:"peaks"` // 0 to 255, from the start to the end
	// Voiced are the parts in which somebody speaks, each from and to, in
	// seconds: judged by loudness.
	Voiced [][2]float64 `json:"voiced"`
	// Words and Marks are estimates, and empty where nobody can tell which of
	// several texts is this recording's. Marks are the matches of q.
	Words []AboutWord `json:"words"`
	Marks []AboutMark `json:"marks"`
	// Marked says that somebody put the tag "marked" on the voicemail.
	Marked bool `json:"marked"`
}

func (s *Server) getPeaks(v *visit) error {
	vm, r, err := v.recordingOf(func(id int64, n int) (store.Voicemail, error) {
		return s.open(v, id, fmt.Sprintf("waveform of recording %d", n))
	})
	if err != nil {
		return err
	}
	peaks, err := s.Store.Peaks(v.ctx(), v.scope(), vm.ID, r.N)
	if errors.Is(err, store.ErrNotFound) { // not archived yet, or it can't be read: nothing is wrong with asking
		return v.NoContent(http.StatusNoContent)
	}
	if err != nil {
		return fmt.Errorf("read waveform: %w", err)
	}
	marker, err := s.marker(v, v.QueryParam("q"))
	if err != nil {
		return err
	}
	tags, err := s.Store.Tags(v.ctx(), v.scope(), []int64{vm.ID})
	if err != nil {
		return fmt.Errorf("list tags: %w", err)
	}
	where := voiced(peaks, r.Duration.Seconds())
	list := saidIn(vm, r.N, marker.Parts(partsOf(vm)))
	words := aboutWords(list, where)
	a := PeaksAnswer{N: r.N, DurationS: seconds(r.Duration), Peaks: make([]int, len(peaks)), Voiced: make([][2]float64, len(where)),
		Words: append([]AboutWord{}, words...), Marks: aboutMarks(list, words)}
	a.Marked = slices.ContainsFunc(tags[vm.ID], func(t store.Tag) bool { return t.Name == tagMarked })
	for i, p := range peaks {
		a.Peaks[i] = int(p)
	}
	for i, w := range where {
		a.Voiced[i] = [2]float64{hundredths(w.from), hundredths(w.to)}
	}
	return v.json(http.StatusOK, a)
}
