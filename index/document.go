package index

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"afterbeep/index/query"
	"afterbeep/store"
)

// MappingVersion is written into every index. An index with another one is
// rebuilt: raise it with every change to what is indexed or how, the folding
// and cutting of query.Tokens included.
const MappingVersion = 1

// The fields. There is no other: documents are put together by hand, so no
// mapping can add one.
const (
	// fieldText is the text as folded words with their positions. It is not
	// stored and has no doc values.
	fieldText = "text"
	// fieldOrder holds when the voicemail was left and its id; see orderTerm.
	fieldOrder = "order"
	fieldBot   = "bot"
	fieldLang  = "lang" // folded with foldLang; absent where unknown
)

// Doc values need an indexed field: without it, nothing is written at all.
const keywordOptions = bleveindex.IndexField | bleveindex.DocValues | bleveindex.SkipFreqNorm

const textOptions = bleveindex.IndexField | bleveindex.IncludeTermVectors

// newDocument is what is indexed of a voicemail.
func newDocument(v *store.Voicemail) *document.Document {
	d := document.NewDocument(docID(v.ID))
	d.AddField(document.NewTextFieldCustom(fieldText, nil, []byte(v.Text), textOptions, words{}))
	d.AddField(keyword(fieldOrder, orderTerm(micros(v.LeftAt), v.ID)))
	if v.BotID != "" {
		d.AddField(keyword(fieldBot, v.BotID))
	}
	if lang := foldLang(v.Lang); lang != "" {
		d.AddField(keyword(fieldLang, lang))
	}
	return d
}

func keyword(field, value string) *document.TextField {
	return document.NewTextFieldCustom(field, nil, []byte(value), keywordOptions, nil)
}

func docID(id int64) string { return strconv.FormatInt(id, 10) }

// words is the analyzer of fieldText: the same words as in a query. Line breaks
// between segments only separate words, so a phrase may run across them: where
// a recogniser cuts says nothing about what was said.
type words struct{}

// Analyze implements Bleve's Analyzer.
func (words) Analyze(text []byte) analysis.TokenStream {
	tokens := query.Tokens(string(text))
	stream := make(analysis.TokenStream, len(tokens))
	backing := make([]analysis.Token, len(tokens))
	for i, t := range tokens {
		backing[i] = analysis.Token{Start: t.Start, End: t.End, Term: []byte(t.Text), Position: i + 1}
		stream[i] = &backing[i]
	}
	return stream
}

// foldLang brings a language code to its base: "en-US", "EN" and "en" are one.
func foldLang(code string) string {
	code = strings.ToLower(strings.TrimSpace(code))
	if i := strings.IndexAny(code, "-_"); i >= 0 {
		code = code[:i]
	}
	return code
}

// micros is a time as microseconds since 1970; the zero time comes before all.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return math.MinInt64
	}
	return t.UnixMicro()
}

// fromMicros is the inverse of micros.
func fromMicros(m int64) time.Time {
	if m == math.MinInt64 {
		return time.Time{}
	}
	return time.UnixMicro(m).UTC()
}

const orderBytes = 16

// orderTerm packs both numbers into one value, so that one read brings them. It
// is hex: doc values can't hold every byte.
func orderTerm(left, id int64) string {
	var b [orderBytes]byte
	binary.BigEndian.PutUint64(b[:8], uint64(left))
	binary.BigEndian.PutUint64(b[8:], uint64(id))
	return hex.EncodeToString(b[:])
}

func parseOrder(term []byte) (left, id int64, err error) {
	var b [orderBytes]byte
	if len(term) != hex.EncodedLen(orderBytes) {
		return 0, 0, errors.New("order value of another length")
	}
	if _, err := hex.Decode(b[:], term); err != nil {
		return 0, 0, fmt.Errorf("order value: %w", err)
	}
	return int64(binary.BigEndian.Uint64(b[:8])), int64(binary.BigEndian.Uint64(b[8:])), nil
}
