package web

import (
	"net/http"
	"time"

	"afterbeep/store"
)

const exportProgressPath = exportPath + "/progress"

// How an export's progress is told.
const (
	progressPause = 250 * time.Millisecond
	// progressPatience is how long a download may take to begin: it is asked for
	// at the same time.
	progressPatience = 20 * time.Second
)

// exportProgress is how far an export is.
type exportProgress struct {
	Written int64  `json:"written"`
	Total   int64  `json:"total"`
	State   string `json:"state"` // "running", "whole" or "broken"
}

// getExportProgress tells how far one of the visitor's own exports is, until it
// ends.
func (s *Server) getExportProgress(v *visit) error {
	if err := s.allow(v, store.AuditEntry{Detail: "how far it is"}); err != nil {
		return err
	}
	key := v.QueryParam("key")
	if key == "" || len(key) > maxExportKey {
		return badRequest("There is no such export under way.")
	}
	if v.Request().Method == http.MethodHead {
		return v.NoContent(http.StatusOK)
	}
	stream, err := openStream(v, progressPatience)
	if err != nil {
		return err
	}
	began, told := time.Now(), exportProgress{Written: -1}
	return stream.until(s, progressPause, func() (bool, error) {
		run, ended := s.exports.find(v.user.ID, key)
		if run == nil {
			return time.Since(began) < progressPatience, nil
		}
		now := exportProgress{Written: run.written.Load(), Total: run.total.Load(), State: "running"}
		if ended {
			now.State = "broken"
			if run.whole.Load() {
				now.State = "whole"
			}
		}
		if now == told {
			return !ended, nil
		}
		told = now
		return !ended, stream.send("", "progress", now)
	})
}
