package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	"afterbeep/index/synonyms"
	"afterbeep/index/words"
)

// synonymDistance is how many further words may stand among the words of a
// synonym of several words.
const synonymDistance = 4

// leafTerms is what one leaf of a query stands for in an index: a word, phrase,
// near, number, or one synonym. Fields that don't apply are empty.
type leafTerms struct {
	node   query.Node // nil for what stands inside of another one
	exact  []string   // folded words: as typed, or those that begin with prefix
	stems  []string   // inflections in a language, such as "en/refund"
	edited []string   // folded words one edit away
	sounds []string   // folded words that sound alike
	alike  []string   // folded words spelled alike but for their endings; only in part
	// synonyms stand for the leaf, or for a group of leaves side by side.
	synonyms []leafTerms
	// related are what says it in a way of its own, as kinds of it do.
	related []leafTerms
	listed  bool // one of these, of the lists
	prefix  string
	digits  string // of a number
	plus    bool   // the number begins with its country code
	begins  bool   // the digits are only how the number begins
	// words are the words of a phrase in order, of a near, of a number as
	// typed, or of a synonym of several words.
	words    []leafTerms
	distance int // how many further words may stand among those of a near
}

// name tells a near from others that other documents match.
func (t leafTerms) name() string {
	var b strings.Builder
	fmt.Fprint(&b, "near ", t.distance)
	for _, w := range t.words {
		b.WriteByte(0)
		for _, f := range w.forms() {
			fmt.Fprint(&b, " ", f.field, " ", f.text)
		}
	}
	return b.String()
}

// expander finds what the leaves of one query stand for. Each word is looked up
// once over the dictionaries of all segments.
type expander struct {
	snapshot *engine.Snapshot
	lists    *synonyms.Lists
	remarks  *remarks
	langs    []string    // with stems in this index
	segments []*recalled // what is remembered of each segment

	known  map[string][]string // what was looked up, by way and word
	bounds bounds              // of the query that is being planned
	chosen choice              // on the first page
	picked choice              // on this one
	spent
}

func newExpander(s *engine.Snapshot, lists *synonyms.Lists, r *remarks) (*expander, error) {
	segments, langs, err := recall(s)
	if err != nil {
		return nil, err
	}
	return &expander{snapshot: s, lists: lists, remarks: r, langs: langs, segments: segments, known: make(map[string][]string), bounds: boundsOf(nil), picked: make(choice)}, nil
}

// leaf finds what a leaf stands for. Only one that is wanted has other forms
// than the typed one: who excludes "refund" has not asked to lose "refunds".
func (e *expander) leaf(ctx context.Context, n query.Node, wanted bool) (leafTerms, error) {
	t := leafTerms{node: n}
	var err error
	switch n := n.(type) {
	case query.Word:
		err = e.word(ctx, &t, n, wanted)
	case query.Phrase:
		err = e.phrase(ctx, &t, n)
	case query.Near:
		t.distance = n.Distance
		t.words, err = e.typed(ctx, n.Words)
	case query.Number:
		t.digits, t.plus, t.begins = n.Digits, n.Plus, n.Prefix
		if len(n.Words) > 1 && len(n.Digits) > longestPhone {
			break
		}
		t.words = apiece(n.Words)
		if n.Prefix {
			last := &t.words[len(t.words)-1]
			last.prefix = last.exact[0]
			last.exact, err = e.beginWith(ctx, last.prefix)
		}
	}
	return t, err
}

// apiece are words that only stand for themselves.
func apiece(list []string) []leafTerms {
	out := make([]leafTerms, len(list))
	for i, w := range list {
		out[i] = leafTerms{exact: []string{w}}
	}
	return out
}

// typed are words that only stand for themselves, as the index spells them.
func (e *expander) typed(ctx context.Context, list []string) ([]leafTerms, error) {
	out := apiece(list)
	for i, w := range list {
		spelled, err := e.spelled(ctx, w)
		if err != nil {
			return nil, err
		}
		out[i].exact[0] = spelled
	}
	return out, nil
}

// spelled is a typed word as the index has it: with its umlauts where only that is
// said, and they were spelled out.
func (e *expander) spelled(ctx context.Context, word string) (string, error) {
	with := words.WithUmlauts(word)
	if with == "" {
		return word, nil
	}
	n, err := e.count(ctx, engine.FieldText, word)
	if err != nil || n > 0 {
		return word, err
	}
	if n, err = e.count(ctx, engine.FieldText, with); err != nil || n == 0 {
		return word, err
	}
	return with, nil
}

func (e *expander) phrase(ctx context.Context, t *leafTerms, n query.Phrase) error {
	list, err := e.typed(ctx, n.Words)
	if err != nil {
		return err
	}
	if len(list) == 1 && !n.Prefix {
		t.exact = list[0].exact
		return nil
	}
	t.words = list
	if !n.Prefix {
		return nil
	}
	last := &t.words[len(t.words)-1]
	last.prefix = n.Words[len(n.Words)-1]
	last.exact, err = e.beginWith(ctx, last.prefix)
	return err
}

func (e *expander) word(ctx context.Context, t *leafTerms, w query.Word, wanted bool) error {
	if w.Prefix {
		var err error
		t.prefix = w.Text
		t.exact, err = e.beginWith(ctx, w.Text)
		return err
	}
	spelled, err := e.spelled(ctx, w.Text)
	if err != nil {
		return err
	}
	t.exact = []string{spelled}
	if !wanted || hasDigit(w.Text) {
		return nil
	}
	if !w.Fuzzy { // who asks for one letter off asks for nothing else
		if e.inflected++; e.inflected > e.bounds.inflected {
			e.leaveOut(fmt.Sprintf("only the first %d words were also looked up in other forms", e.bounds.inflected))
			return nil
		}
		t.stems = e.stems(w.Text)
	}
	if !w.AllowsEdit() {
		return nil
	}
	if e.widened++; e.widened > e.bounds.widened {
		e.leaveOut(fmt.Sprintf("only the first %d words were also looked up one letter off, by sound and as parts of words", e.bounds.widened))
		return nil
	}
	if t.edited, err = e.oneEditFrom(ctx, w.Text); err != nil || w.Fuzzy {
		return err
	}
	if t.sounds, err = e.soundsLike(ctx, w.Text, t.edited); err != nil {
		return err
	}
	if t.alike, err = e.mistyped(ctx, w.Text); err != nil {
		return err
	}
	compounds, err := e.compounds(ctx, w.Text)
	if err != nil {
		return err
	}
	t.stems = slices.Concat(t.stems, compounds)
	if t.synonyms, err = e.parts(ctx, w.Text); err != nil {
		return err
	}
	apart, err := e.apart(ctx, w.Text)
	if err != nil {
		return err
	}
	t.synonyms = slices.Concat(t.synonyms, apart)
	t.related, err = e.parted(ctx, w.Text)
	return err
}

// stems are the stems of a word in the languages of the index. The word is also
// taken for a stem itself: not every stemmer leaves its own stems alone.
func (e *expander) stems(word string) []string {
	key := "stems " + word
	if out, ok := e.known[key]; ok {
		return out
	}
	var out []string
	for _, lang := range e.langs {
		stem, ok := words.Stem(lang, word)
		if !ok {
			continue
		}
		out = append(out, lang+"/"+stem)
		if stem != word {
			out = append(out, lang+"/"+word)
		}
	}
	e.known[key] = out
	return out
}

// entry is a word of the index and in how many voicemails it stands. Those that
// were replaced count until the engine forgets them.
type entry struct {
	term  string
	count uint64
}

// oneEditFrom lists the words of the index that are one edit away from word.
func (e *expander) oneEditFrom(ctx context.Context, word string) ([]string, error) {
	return e.keptWords(ctx, "one letter off", word, func(g *engine.Segment, add func(term string)) error {
		return g.OneEdit(engine.FieldText, word, func(term string) bool {
			if term != word && !hasDigit(term) {
				add(term)
			}
			return ctx.Err() == nil
		})
	})
}

// keptWords lists words that find adds of each segment, which are kept with it.
func (e *expander) keptWords(ctx context.Context, how, word string, find func(g *engine.Segment, add func(term string)) error) ([]string, error) {
	return e.lookUp(ctx, how, word, func(counts map[string]uint64) error {
		for i, g := range e.snapshot.Segments {
			list, err := e.segments[i].kept.list(how+" "+word, g.Count(), func() (out []string, err error) {
				err = find(g, func(term string) { out = append(out, term) })
				return out, cmp.Or(err, ctx.Err())
			})
			if err != nil {
				return err
			}
			for _, term := range list {
				counts[term] = 0
			}
		}
		if len(counts) <= maxExpansions {
			return nil
		}
		for term := range counts { // they were not counted
			n, err := e.count(ctx, engine.FieldText, term)
			if err != nil {
				return err
			}
			counts[term] = n
		}
		return nil
	})
}

// soundsLike lists the rare words of the index that sound like word, if that is
// rare, without those that are found one edit away.
func (e *expander) soundsLike(ctx context.Context, word string, edited []string) ([]string, error) {
	codes := words.Sounds(word)
	if len(codes) == 0 {
		return nil, nil
	}
	rare, err := e.rare(ctx, word)
	if err != nil || !rare {
		return nil, err
	}
	return e.lookUp(ctx, "sounding like", word, func(counts map[string]uint64) error {
		if err := e.alike(ctx, word, codes, counts); err != nil {
			return err
		}
		for _, text := range edited {
			delete(counts, text)
		}
		for text := range counts {
			rare, err := e.rare(ctx, text)
			if err != nil {
				return err
			}
			if !rare {
				delete(counts, text)
			}
		}
		return nil
	})
}

// alike counts the words that have one of the codes of word, and are spelled so
// that one may be taken for the other.
func (e *expander) alike(ctx context.Context, word string, codes []string, counts map[string]uint64) error {
	for i, g := range e.snapshot.Segments {
		list, err := e.segments[i].kept.list("sounding like "+word, g.Count(), func() ([]string, error) {
			return alikeIn(ctx, g, word, codes)
		})
		if err != nil {
			return err
		}
		for _, text := range list {
			counts[text] = 0
		}
	}
	for text := range counts {
		n, err := e.count(ctx, engine.FieldText, text)
		if err != nil {
			return err
		}
		counts[text] = n
	}
	return nil
}

// alikeIn are those of one segment, in order.
func alikeIn(ctx context.Context, g *engine.Segment, word string, codes []string) ([]string, error) {
	var out []string
	for _, code := range codes {
		err := g.Prefix(engine.FieldSound, code, 0, func(term string, _ uint64) bool {
			if text := strings.TrimPrefix(term, code); text != word && spelledAlike(word, text) {
				out = append(out, strings.Clone(text))
			}
			return ctx.Err() == nil
		})
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// soundingLike lists the words that sound like word, however frequent.
func (e *expander) soundingLike(ctx context.Context, word string) ([]string, error) {
	return e.lookUp(ctx, "sounding at all like", word, func(counts map[string]uint64) error {
		return e.alike(ctx, word, words.Sounds(word), counts)
	})
}

// rare tells whether few voicemails have a word.
func (e *expander) rare(ctx context.Context, word string) (bool, error) {
	most := max(rareVoicemails, uint64(rareShare*float64(e.snapshot.Docs())))
	n, err := e.alive(ctx, word, most)
	return n <= most, err
}

// alive counts the voicemails that have a word, until they are more than most.
// Deleted ones don't count: what is found must not depend on when the engine
// forgets them.
func (e *expander) alive(ctx context.Context, word string, most uint64) (uint64, error) {
	var sum uint64
	for _, g := range e.snapshot.Segments {
		n, err := g.DocFreq(engine.FieldText, word)
		if err != nil {
			return 0, fmt.Errorf("count a word: %w", err)
		}
		if live := g.Live(); n > 0 && live.GetCardinality() < uint64(g.Count()) {
			docs, err := g.Bitmap(engine.FieldText, word)
			if err != nil {
				return 0, fmt.Errorf("count a word: %w", err)
			}
			n = docs.AndCardinality(live)
		}
		if sum += n; sum > most {
			break
		}
	}
	return sum, ctx.Err()
}

// lookUp remembers what find counts for a word, and keeps the most frequent
// where they are too many.
func (e *expander) lookUp(ctx context.Context, how, word string, find func(counts map[string]uint64) error) ([]string, error) {
	key := how + " " + word
	if out, ok := e.known[key]; ok {
		return out, nil
	}
	if terms, ok := e.chosen[key]; ok {
		e.lookedUp += len(terms)
		if len(terms) == maxExpansions {
			e.tooMany(how, word)
		}
		e.known[key], e.picked[key] = terms, terms
		return terms, nil
	}
	counts := make(map[string]uint64)
	err := find(counts)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("look up words: %w", err)
	}
	terms := e.mostFrequent(counts, how, word)
	if len(counts) >= fewestChosen {
		e.picked[key] = terms
	}
	e.known[key] = terms
	return terms, nil
}

// tooMany notes that there were more words than one may stand for. How many is not
// told: it would count other bots' words.
func (e *expander) tooMany(how, word string) {
	e.remarks.add(fmt.Sprintf("only the %d most frequent words %s “%s” were searched", maxExpansions, how, word))
}

// mostFrequent are at most maxExpansions words, in order.
func (e *expander) mostFrequent(counts map[string]uint64, how, word string) []string {
	entries := make([]entry, 0, len(counts))
	for term, n := range counts {
		entries = append(entries, entry{term, n})
	}
	most := min(maxExpansions, e.bounds.lookedUp-e.lookedUp)
	if len(entries) > most {
		slices.SortFunc(entries, func(a, b entry) int {
			return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.term, b.term))
		})
		entries = entries[:most]
		if most == maxExpansions {
			e.tooMany(how, word)
		} else {
			e.leaveOut(fmt.Sprintf("the query stands for more than %d words, not all were searched", e.bounds.lookedUp))
		}
	}
	e.lookedUp += len(entries)
	terms := make([]string, len(entries))
	for i, e := range entries {
		terms[i] = e.term
	}
	// The order of addition decides the last bit of a score.
	slices.Sort(terms)
	return terms
}

func (e *expander) count(ctx context.Context, field engine.Field, term string) (uint64, error) {
	var sum uint64
	for _, g := range e.snapshot.Segments {
		n, err := g.DocFreq(field, term)
		if err != nil {
			return 0, fmt.Errorf("count a word: %w", err)
		}
		sum += n
	}
	return sum, ctx.Err()
}

// synonymsAt is the group of the words from a place on, with what stands for
// them. Its length is 0 where nothing does.
func (e *expander) synonymsAt(list []string, at int) group {
	length, others := e.lists.Of(list, at)
	g := group{length: length}
	if length == 0 {
		return g
	}
	if e.groups++; e.groups > e.bounds.groups {
		e.leaveOut(fmt.Sprintf("only synonyms of the first %d words that have some were searched", e.bounds.groups))
		return g
	}
	for _, other := range others {
		if e.given++; e.given > e.bounds.synonyms {
			e.leaveOut(fmt.Sprintf("only the first %d synonyms were searched", e.bounds.synonyms))
			break
		}
		forms := e.formsOf(other)
		found := forms[0]
		if len(forms) > 1 {
			found = leafTerms{words: forms, distance: synonymDistance}
		}
		found.listed = true
		if other.Related {
			g.related = append(g.related, found)
		} else {
			g.synonyms = append(g.synonyms, found)
		}
	}
	return g
}

// formsOf are what the words of a synonym are found as: inflections in its own
// language alone, for "car" is a vehicle in English and a "because" in French. A
// word without a stem is only found as written.
func (e *expander) formsOf(s synonyms.Entry) []leafTerms {
	out := make([]leafTerms, len(s.Words))
	for i, w := range s.Words {
		switch stem, ok := words.Stem(s.Lang, w); {
		case s.Lang == "":
			out[i] = leafTerms{exact: []string{w}, stems: e.stems(w)}
		case ok:
			out[i] = leafTerms{stems: []string{s.Lang + "/" + stem}}
		default:
			out[i] = leafTerms{exact: []string{w}}
		}
	}
	return out
}

func hasDigit(term string) bool {
	return strings.ContainsFunc(term, unicode.IsNumber)
}
