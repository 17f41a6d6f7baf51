package ingest

import (
	"fmt"

	"afterbeep/ingest/enrich/cards"
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
// together, and in its payload.
func (r Redaction) redact(flat *store.Reply) {
	if r == RedactOff {
		return
	}
	texts, langs := make([]string, len(flat.Segments)), make([]string, len(flat.Segments))
	for i, g := range flat.Segments {
		texts[i], langs[i] = g.Text, g.Lang
	}
	masked := cards.Mask(texts, langs)
	said := map[string]string{}
	for i := range flat.Segments {
		if masked[i] != texts[i] {
			flat.Segments[i].Text = masked[i]
			flat.Redacted = true
			said[texts[i]] = masked[i]
		}
	}
	flat.Payload = maskPayload(flat.Payload, said, onlyLang(langs))
}

// caller masks in what the upstream takes for a caller, where that is a card: some
// systems put there what was typed in. Telephone numbers stay.
func (r Redaction) caller(caller string) string {
	if r == RedactOff {
		return caller
	}
	return cards.MaskText(caller, "")
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
