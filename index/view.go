package index

import "afterbeep/index/engine"

// view is the state of the index that a search answers from. It is held open
// until its close.
type view struct{ shared *engine.Snapshot }

// view opens the newest state that searches see.
func (g *generation) view() (*view, error) {
	s, err := g.engine.Snapshot()
	if err != nil {
		return nil, err
	}
	return &view{shared: s}, nil
}

func (v *view) close() { v.shared.Close() }
