package web

import (
	"fmt"
	"strings"
	"time"

	"afterbeep/store"
)

// checkView is one thing that must be well, and whether it is.
type checkView struct {
	Name       string
	State      string // "on", "hold" or "off": well, to be looked at, not well
	Says       string // the state in a word
	Words      string
	Href, Link string // where something can be done about it; "" for nowhere
}

// slowStore is how long the database may take to say that it is there.
const slowStore = 500 * time.Millisecond

// checks says of each part whether it is well, for who administers it.
func (s *Server) checks(v *visit, ledger store.Ledger, behind int64) []checkView {
	list := []checkView{s.checkUpstream(v), s.checkStore(v), s.checkIndex(v, behind), s.checkAudio()}
	if n := ledger.Sessions[store.StateDead]; n > 0 {
		list = append(list, checkView{Name: "Calls", State: "hold", Words: have(n, "call was", "calls were") + " given up after many tries.", Href: gapsPath + "?kind=dead", Link: "See why"})
	} else {
		list = append(list, checkView{Name: "Calls", State: "on", Words: "None was given up."})
	}
	for i := range list {
		list[i].Says = map[string]string{"on": "well", "hold": "needs a look", "off": "not well"}[list[i].State]
	}
	return list
}

// verdictOf sums up the checks in a sentence, and whether all is well.
func verdictOf(checks []checkView) (words string, well bool) {
	bad := 0
	for _, c := range checks {
		if c.State != "on" {
			bad++
		}
	}
	if bad == 0 {
		return "Everything is well.", true
	}
	return have(bad, "thing needs", "things need") + " a look.", false
}

func (s *Server) checkUpstream(v *visit) checkView {
	c := checkView{Name: "Contact centre", State: "on"}
	if !s.connected() {
		c.State, c.Words = "hold", "No bot is connected, so nothing new arrives."
		if s.Bots != nil {
			c.Href, c.Link = botsPath, "Connect one"
		}
		return c
	}
	st := s.Ingest.Status()
	trouble := strings.Join(s.accountTrouble(v), " ")
	switch {
	case trouble != "":
		c.State, c.Words, c.Href, c.Link = "off", trouble, botsPath, "See the bots"
	case st.LastFailed && v.scope().All():
		c.State, c.Words, c.Href, c.Link = "off", sentence(st.LastResult), botsPath, "See the bots"
	case st.Running:
		c.Words = "It is being asked for new voicemails right now."
	case st.LastEnd.IsZero():
		c.Words = "It was not asked yet since the start."
	default:
		c.Words = "Asked for new voicemails " + ago(st.LastEnd, v.now) + "."
	}
	return c
}

func (s *Server) checkStore(v *visit) checkView {
	c := checkView{Name: "Database", State: "on"}
	began := s.Now()
	err := s.ready(v.ctx())
	took := s.Now().Sub(began)
	switch {
	case err != nil:
		c.State, c.Words = "off", "It does not answer, or is not of this version. The log says why."
	case took > slowStore:
		c.State, c.Words = "hold", fmt.Sprintf("It took %s to answer.", took.Round(time.Millisecond))
	default:
		c.Words = "It answers at once, and is of this version."
	}
	return c
}

func (s *Server) checkIndex(v *visit, behind int64) checkView {
	c, st := checkView{Name: "Search index", State: "on", Words: "It has every change."}, s.Index.Status()
	switch {
	case st.LastError != "":
		c.State, c.Words = "off", "It does not follow: "+st.LastError+". Searches may lack the newest messages."
	case st.Building:
		c.State, c.Words = "hold", "It is being built. Searches find only what is in it so far."
	case behind > 0:
		c.Words = have(int(behind), "change is", "changes are") + " on the way into it."
	}
	return c
}

func (s *Server) checkAudio() checkView {
	c := checkView{Name: "Audio archive", State: "on", Words: "Every recording is kept as soon as it is there."}
	if s.Keeper == nil {
		c.State, c.Words = "hold", "Audio is not archived: it is played for as long as the contact centre keeps it."
		return c
	}
	st := s.Keeper.Status()
	switch {
	case st.Off:
		c.State, c.Words = "hold", "Audio is not archived: it is played for as long as the contact centre keeps it."
	case st.Full:
		c.State, c.Words = "off", "It is full: nothing more is kept until there is room."
	case st.Why != "":
		c.State, c.Words = "off", "Recordings can’t be kept right now."
	case st.FreeKnown:
		c.Words += " There is room for " + size(st.Free) + " more."
	}
	if st.Why != "" {
		c.Words += " " + sentence(st.Why)
	}
	return c
}
