package web

import (
	"slices"

	"afterbeep/store"
)

// right is what a route asks of whoever calls it.
type right int

// The rights. Each but the first needs somebody who is signed in.
const (
	rightPublic right = iota
	rightSearch
	rightOpen
	rightPlay
	rightAdminister
)

// rightsOf lists what a role may do. An unknown role may do nothing.
func rightsOf(role store.Role) []right {
	switch role {
	case store.RoleAdmin:
		return []right{rightSearch, rightOpen, rightPlay, rightAdminister}
	case store.RoleAnalyst, store.RoleAgent:
		return []right{rightSearch, rightOpen, rightPlay}
	}
	return nil
}

// may reports whether a person of the role has the right.
func may(role store.Role, r right) bool {
	return r == rightPublic || slices.Contains(rightsOf(role), r)
}
