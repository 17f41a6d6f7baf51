package ingest

import (
	"fmt"
	"unicode"

	"afterbeep/ingest/enrich/cards"
	"afterbeep/ingest/kore"
	"afterbeep/store"
)

// Redaction says what is taken out of replies before anything of them is
// recorded.
type Redaction string

// The redactions.
const (
	// RedactCards masks the numbers of payment cards, with the security codes
	// and expiry dates said with them. The zero Redaction is the same.
	RedactCards Redaction = "cards"
	// RedactOff records what was said.
	RedactOff Redaction = "off"
)

// ParseRedaction reads a Redaction as it is written in a setting; "" is
// RedactCards. The error says what may stand there.
func ParseRedaction(s string) (Redaction, error) {
	switch r := Redaction(s); r {
	case "":
		return RedactCards, nil
	case RedactCards, RedactOff:
		return r, nil
	}
	return "", fmt.Errorf("want %s or %s", RedactCards, RedactOff)
}

// check is the error of a Redaction that is none.
func (r Redaction) check() error {
	if _, err := ParseRedaction(string(r)); err != nil {
		return fmt.Errorf("redaction: %w", err)
	}
	return nil
}

// redact masks in a flattened reply what r says: in its segments, which are read
// together, in all else of it but the ids that segments are known by, and in its
// payload.
func (r Redaction) redact(flat *store.Reply) {
	if r == RedactOff {
		return
	}
	for i := range flat.Segments {
		g := &flat.Segments[i]
		flat.Redacted = maskEach(&g.Author.ID, &g.Author.Type, &g.Lang) || flat.Redacted
	}
	for i := range flat.Recordings {
		flat.Recordings[i].Status = r.status(flat.Recordings[i].Status)
	}
	texts, langs := make([]string, len(flat.Segments)), make([]string, len(flat.Segments))
	for i, g := range flat.Segments {
		texts[i], langs[i] = g.Text, g.Lang
	}
	masked := cards.Mask(texts, langs)
	said := map[string]string{}
	for i := range flat.Segments {
		masked[i] = maskMarkup(masked[i], langs[i])
		if masked[i] != texts[i] {
			flat.Segments[i].Text = masked[i]
			flat.Redacted = true
			said[texts[i]] = masked[i]
		}
	}
	flat.Payload = maskPayload(flat.Payload, said, onlyLang(langs))
}

// maskEach masks texts, each read alone, and reports whether one held a card.
func maskEach(texts ...*string) (changed bool) {
	for _, text := range texts {
		masked := maskAlone(*text)
		changed = changed || masked != *text
		*text = masked
	}
	return changed
}

// maskAlone masks a text that is no speech, but for what somebody typed. Most of
// them are one word with few digits side by side, as ids and links are, and
// needn't be read.
func maskAlone(text string) string {
	row, apart := 0, 0
	for _, c := range text {
		switch {
		case unicode.IsSpace(c):
			return cards.MaskText(text, "")
		case unicode.IsDigit(c):
			if row, apart = row+1, 0; row == fewestOfACard {
				return cards.MaskText(text, "")
			}
		case unicode.IsLetter(c):
			row = 0
		default:
			if apart++; apart > mostApart {
				row = 0
			}
		}
	}
	return text
}

const (
	fewestOfACard = 12 // digits
	mostApart     = 8  // characters that are neither letters nor digits, within a number
)

// session masks cards in what the upstream tells of a session: some systems put
// there what was typed in. Telephone numbers stay, and are read as of region; so
// do the ids by which the session is asked for.
func (r Redaction) session(s store.Session, region string) store.Session {
	if r != RedactOff {
		maskEach(&s.Caller, &s.Called, &s.QueueID, &s.QueueName, &s.Direction, &s.Channel, &s.FinalStatus, &s.ConversationID)
		for i := range s.Agents {
			maskEach(&s.Agents[i].ID, &s.Agents[i].Status)
		}
	}
	s.CallerE164, s.CalledE164 = e164(s.Caller, region), e164(s.Called, region)
	return s
}

// named gives a recording its file's name. A masked one tells no more than its
// ending which file it is: files whose names become the same are told apart by
// their order, as those are that have the same name from the start. A digest
// beside the mask would say the card to whoever tries all of them.
func (r Redaction) named(rec store.Recording, f kore.File) store.Recording {
	rec.FileName, rec.Alias = namesOf(f)
	if r == RedactOff {
		rec.FileName, rec.Alias = rec.Alias, rec.FileName
	}
	if rec.Alias == rec.FileName {
		rec.Alias = ""
	}
	return rec
}

// status masks a recording's status.
func (r Redaction) status(status string) string {
	if r != RedactOff {
		maskEach(&status)
	}
	return status
}

// namesOf are the names of a file: masked, and as it is. It may be stored by
// either.
func namesOf(f kore.File) (masked, plain string) {
	plain = store.CleanText(fileName(f))
	return maskAlone(plain), plain
}

// onlyLang is the language of all segments, "" where they differ.
func onlyLang(langs []string) string {
	lang := ""
	for _, l := range langs {
		if lang != "" && l != "" && l != lang {
			return ""
		}
		if l != "" {
			lang = l
		}
	}
	return lang
}

// unspoken masks cards in what is told of a reply that is not recorded, whatever
// the redaction: reasons and excerpts are read by people who may see no
// message, and end up in logs.
func unspoken(text string) string { return cards.MaskText(text, "") }
