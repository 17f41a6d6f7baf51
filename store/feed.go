package store

// Position is a place in a store's change feed.
type Position struct {
	StoreID string // random, made with the database, kept by its backups
	Seq     int64
	Tag     string // random, of the change with that Seq
}

// MaxChanges is the most changes that one Changes returns.
const MaxChanges = 10_000

// Change tells that a voicemail is new or different.
type Change struct {
	Seq         int64
	Tag         string
	VoicemailID int64
	// Voicemail is the voicemail as it is now, with segments and recordings;
	// nil where it was erased.
	Voicemail *Voicemail
}
