package web

import "afterbeep/store"

// worked is what is worked on: nothing else is ever late.
func (s *Server) worked() store.Worked {
	var w store.Worked
	if s.Ingest != nil {
		for _, a := range s.Ingest.Status().Accounts {
			w.Accounts = append(w.Accounts, a.ID)
		}
	}
	if s.Keeper == nil {
		return w
	}
	st := s.Keeper.Status()
	if !st.Off {
		w.Kinds = append(w.Kinds, store.TaskKeep)
	}
	if !st.LookUpsOff {
		w.Kinds = append(w.Kinds, store.TaskLookUp)
	}
	return w
}
