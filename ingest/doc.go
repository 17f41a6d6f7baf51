// Package ingest brings voicemails from the upstream into the store: it learns
// which sessions exist (discovery), takes those that are due, asks for them,
// flattens the replies and records how each fetch ended. It also reads
// replies from files (Import) and plays recordings through fresh links
// (Player).
//
// The package hides the upstream's way of paging, its spellings and its
// faults. It promises that every fetch ends in store.Record with a next due
// time that a pure function gave, that card numbers are masked before (unless
// Redaction says otherwise), that an account is looked at by one process at a
// time, that accounts don't hold each other up, that a stop gives back what it
// can't finish, and that account trouble is one message and not a thousand
// failed sessions. It never decides how a later reply changes a voicemail
// (package store does), writes no SQL and knows no page.
package ingest
