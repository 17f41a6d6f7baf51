package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Remarks keeps what people write about voicemails: notes, in their own words,
// and tags, by which voicemails are put together. Both belong to the voicemail
// and go with it. Every method takes the person's scope; what lies outside it
// does not exist. What is to be masked is masked before it comes here.
type Remarks interface {
	// AddNote adds a note to the voicemail n.VoicemailID and returns it with
	// its ID and At. ErrNotFound when there is no such voicemail in the scope,
	// ErrInvalid as of Note.Clean and for one more than MaxNotes.
	AddNote(ctx context.Context, s Scope, n Note) (Note, error)
	// Note returns one note of a voicemail. ErrNotFound when there is none in
	// the scope.
	Note(ctx context.Context, s Scope, voicemailID, noteID int64) (Note, error)
	// EditNote gives the note n.ID of the voicemail n.VoicemailID, which n.Author
	// wrote, the text n.Text, and returns it as it is kept. ErrNotFound when that
	// author has none of that id in the scope, ErrInvalid as of Note.Clean.
	EditNote(ctx context.Context, s Scope, n Note) (Note, error)
	// DeleteNote deletes a note. ErrNotFound when there is none in the scope.
	DeleteNote(ctx context.Context, s Scope, voicemailID, noteID int64) error
	// Notes lists the notes of a voicemail, the oldest first. A voicemail
	// outside the scope has none.
	Notes(ctx context.Context, s Scope, voicemailID int64) ([]Note, error)
	// AddTag puts a tag on the voicemail t.VoicemailID. One that is there
	// stays as it is: added is false then. ErrNotFound when there is no such
	// voicemail in the scope, ErrInvalid as of Tag.Clean and for one more than
	// MaxTags.
	AddTag(ctx context.Context, s Scope, t Tag) (added bool, err error)
	// DeleteTag takes a tag off. The name is folded (FoldTag). ErrNotFound when
	// it isn't there, or not in the scope.
	DeleteTag(ctx context.Context, s Scope, voicemailID int64, name string) error
	// Tags lists the tags of those of the voicemails that are in the scope, by
	// voicemail, each list by name.
	Tags(ctx context.Context, s Scope, voicemailIDs []int64) (map[int64][]Tag, error)
	// TagChanges returns up to limit voicemails whose tags changed (clamped to 1
	// to MaxChanges), with a Seq above after, in order of Seq, each once with the
	// tags that it has: for followers that keep a copy. Numbers become visible in
	// order: who has seen n has seen all up to n.
	TagChanges(ctx context.Context, after int64, limit int) ([]TagChange, error)
	// TagCounts lists the tags in the scope with how many voicemails have them,
	// the most used first, then by name, at most limit, which is clamped to 1
	// to MaxTagCounts.
	TagCounts(ctx context.Context, s Scope, limit int) ([]TagCount, error)
}

// Bounds of what people write about voicemails.
const (
	// MaxNote is how long a note is at most, in bytes.
	MaxNote = 16 << 10
	// MaxNotes is how many notes a voicemail has at most.
	MaxNotes = 200
	// MaxTag is how long a tag is at most, in bytes.
	MaxTag = 64
	// MaxTags is how many tags a voicemail has at most.
	MaxTags = 20
	// MaxTagCounts is the most that one TagCounts returns.
	MaxTagCounts = 1000
)

// Note is what somebody wrote about a voicemail.
type Note struct {
	ID          int64 // given by the store, ascending
	VoicemailID int64
	Author      string // the user's name
	Text        string
	At          time.Time // given by the store
	EditedAt    time.Time // when its author last changed it; zero where never; given by the store
}

// Clean returns the note with clean text that has no space around it, and lines
// that end in line feeds. ErrInvalid for one without text or author, or over
// MaxNote.
func (n Note) Clean() (Note, error) {
	cleanAll(&n.Author, &n.Text)
	n.Text = strings.TrimSpace(strings.ReplaceAll(n.Text, "\r\n", "\n"))
	switch {
	case n.Text == "" || n.Author == "":
		return Note{}, fmt.Errorf("note without a text or an author: %w", ErrInvalid)
	case len(n.Text) > MaxNote:
		return Note{}, fmt.Errorf("note of %d bytes, where %d is the most: %w", len(n.Text), MaxNote, ErrInvalid)
	}
	return n, nil
}

// Tag is a word that somebody put on a voicemail.
type Tag struct {
	VoicemailID int64
	Name        string    // folded (FoldTag)
	By          string    // the name of the user who put it there
	At          time.Time // given by the store
}

// Clean returns the tag with a folded name. ErrInvalid for one without a name or
// a person, or over MaxTag.
func (t Tag) Clean() (Tag, error) {
	t.Name, t.By = FoldTag(t.Name), CleanText(t.By)
	switch {
	case t.Name == "" || t.By == "":
		return Tag{}, fmt.Errorf("tag without a name or a person: %w", ErrInvalid)
	case len(t.Name) > MaxTag:
		return Tag{}, fmt.Errorf("tag of %d bytes, where %d is the most: %w", len(t.Name), MaxTag, ErrInvalid)
	}
	return t, nil
}

// TagChange is a voicemail whose tags changed.
type TagChange struct {
	Seq         int64
	VoicemailID int64
	Names       []string // all that it has now, by name
}

// AppendTagChange adds a row of a change and one of its tags, "" for none, to a
// list in which rows of one change stand side by side.
func AppendTagChange(list []TagChange, c TagChange, name string) []TagChange {
	if n := len(list); n == 0 || list[n-1].Seq != c.Seq {
		list = append(list, c)
	}
	if name != "" {
		last := &list[len(list)-1]
		last.Names = append(last.Names, name)
	}
	return list
}

// TagCount is how many voicemails have a tag.
type TagCount struct {
	Name  string
	Count int
}

// FoldTag is the form in which tags are kept and compared: clean, composed, in
// lower case, without "#" before it, with a hyphen for each stretch of spaces,
// commas and what else can't be seen, so that a tag is one word. It is done here,
// so that databases agree.
func FoldTag(name string) string {
	words := strings.FieldsFunc(FoldName(name), func(r rune) bool {
		return unicode.IsSpace(r) || r == ',' || r == ';' || r == '#' || !unicode.IsGraphic(r)
	})
	return strings.Join(words, "-")
}

// CheckRoom is ErrInvalid where a voicemail that has so many notes or tags can't
// have one more.
func CheckRoom(has, most int) error {
	if has >= most {
		return fmt.Errorf("the voicemail has %d already: %w", most, ErrInvalid)
	}
	return nil
}

// RankTags orders counts as TagCounts does, and cuts them to the limit.
func RankTags(counts map[string]int, limit int) []TagCount {
	list := make([]TagCount, 0, len(counts))
	for name, n := range counts {
		list = append(list, TagCount{name, n})
	}
	slices.SortFunc(list, func(a, b TagCount) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list[:min(len(list), Clamp(limit, MaxTagCounts))]
}
