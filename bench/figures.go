package main

// figures is what was measured of one engine.
type figures struct {
	Engine string   `json:"engine,omitempty"`
	About  string   `json:"about,omitempty"` // version and settings, a line
	Notes  []string `json:"notes,omitempty"`

	BuildRate float64 `json:"build_per_s,omitempty"` // voicemails a second
	BuildSecs float64 `json:"build_s,omitempty"`
	BuildMB   float64 `json:"build_rss_anon_mb,omitempty"` // the most while building
	DiskMB    float64 `json:"disk_mb,omitempty"`
	ServeMB   float64 `json:"serve_rss_anon_mb,omitempty"` // after all classes
	StartMS   float64 `json:"start_ms,omitempty"`          // process start to first answer

	Classes []classFigures `json:"classes,omitempty"`
	Alone   []classFigures `json:"alone,omitempty"` // without texts and excerpts
	Typed   []classFigures `json:"typed,omitempty"` // Afterbeep: as people type

	Live    *liveFigures   `json:"live,omitempty"`
	Keys    *keyFigures    `json:"keys,omitempty"` // Afterbeep: in a browser
	Naughty []naughtyQuery `json:"naughty,omitempty"`
}

// class finds a row; the zero row where it was not measured.
func class(rows []classFigures, name string) classFigures {
	for _, c := range rows {
		if c.Class == name {
			return c
		}
	}
	return classFigures{}
}

// liveFigures is how searches and recording go together. Times are
// milliseconds, searches come at 20 a second.
type liveFigures struct {
	Idle     spread  `json:"idle"`     // searches while nothing arrives
	Arriving spread  `json:"arriving"` // searches while voicemails arrive
	Rate     float64 `json:"arriving_per_s"`
	// How many processors are busy meanwhile, those of recording included.
	IdleCPU, ArrivingCPU float64
	Behind               int64  `json:"behind"` // changes not yet indexed at the end
	Found                spread `json:"found"`  // recorded in the store to found in a search
}

// spread is how times spread, in milliseconds.
type spread struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50_ms"`
	P95 float64 `json:"p95_ms"`
	Max float64 `json:"max_ms"`
}

// naughtyQuery is a query that nobody sane types.
type naughtyQuery struct {
	Name  string  `json:"name"`
	Bytes int     `json:"bytes"`
	Total int     `json:"total"`
	Worst float64 `json:"worst_ms"`
	Note  string  `json:"note,omitempty"`
}
