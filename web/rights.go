package web

import (
	"slices"

	"afterbeep/store"
)

// right is what a route asks of whoever calls it.
type right int

// The rights. Each but the first and the last needs somebody who is signed in.
const (
	rightPublic right = iota
	rightOwn          // to see to one's own affairs
	rightSearch
	rightOpen
	rightPlay
	rightRemark // write notes and tags, and take away one's own
	// rightCallbacks is to see the work list and what was done; rightWork to do
	// it. Agents and administrators work. Analysts look on: who counts calls must
	// not be able to make them up, and what an analyst opens is not seen to.
	rightCallbacks
	rightWork
	rightRefetch
	rightExport
	rightAdminister
	// rightPush is the push endpoint's: nobody has it by role, and whoever
	// sends its token may push and nothing else.
	rightPush
)

// rightsOf lists what a role may do. An unknown role may do nothing.
func rightsOf(role store.Role) []right {
	switch role {
	case store.RoleAdmin:
		return []right{rightOwn, rightSearch, rightOpen, rightPlay, rightRemark, rightCallbacks, rightWork, rightRefetch, rightExport, rightAdminister}
	case store.RoleAnalyst:
		return []right{rightOwn, rightSearch, rightOpen, rightPlay, rightRemark, rightCallbacks, rightRefetch, rightExport}
	case store.RoleAgent:
		return []right{rightOwn, rightSearch, rightOpen, rightPlay, rightRemark, rightCallbacks, rightWork}
	}
	return nil
}

// may reports whether a person of the role has the right.
func may(role store.Role, r right) bool {
	return r == rightPublic || slices.Contains(rightsOf(role), r)
}
