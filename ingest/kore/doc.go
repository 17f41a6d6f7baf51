// Package kore is the client of the Kore.ai public APIs that Afterbeep uses:
// voicemails, call recordings (v2, and v1 as a stream), call details, sessions,
// and the signed links under which recordings are served. It hides tokens, the
// many spellings of the replies, the many shapes of an error and the handling of
// links; it knows HTTP and JSON and nothing else of Afterbeep.
//
// It promises that every attempt on the wire carries a token of its own and was
// allowed by the Budget, that a token never leaves for another host than the
// API's, that no body is read past a cap, and that no secret, caller number,
// transcript or signed link gets into an error, an excerpt of a reply, a note or
// a log line. It never waits for anything but the budget and the wire, and
// decides nothing about when to try again: that is its caller's, two immediate
// retries apart (a connection that broke before the reply, a token taken for a
// replay) and the second form of a path.
package kore
