package web

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"afterbeep/index/query"
	"afterbeep/store"
)

const operatorsPath = "/search/operators"

// Operator is a filter of the query language as it is offered to who types.
type Operator struct {
	Name   string          `json:"name"`  // with its colon
	Also   []string        `json:"also"`  // other names, with theirs
	Means  string          `json:"means"` // of the example
	Sample string          `json:"sample"`
	Values []OperatorValue `json:"values"` // those worth offering; any other may be typed
}

// OperatorValue is one value of an operator.
type OperatorValue struct {
	Text  string `json:"text"`  // the operator with the value, as it is typed
	Means string `json:"means"` // "" where the text says it
}

// usualValues are offered where values can't be listed.
var usualValues = map[query.Kind][]OperatorValue{
	query.KindDay:    {{"today", ""}, {"yesterday", ""}, {"monday", "the last one"}},
	query.KindAge:    {{"1h", "an hour"}, {"1d", "a day"}, {"7d", "seven days"}, {"30d", "thirty days"}, {"6mo", "six months"}, {"1y", "a year"}},
	query.KindLength: {{"15s", "fifteen seconds"}, {"30s", "half a minute"}, {"1m", "a minute"}, {"2m", "two minutes"}},
}

// getOperators lists what the box offers while somebody types a filter.
func (s *Server) getOperators(v *visit) error {
	if err := s.allow(v, store.AuditEntry{}); err != nil {
		return err
	}
	facets, err := s.allFacets(v)
	if err != nil {
		return err
	}
	tags, err := s.Store.TagCounts(v.ctx(), v.scope(), offeredTags)
	if err != nil {
		return fmt.Errorf("count tags: %w", err)
	}
	return v.json(http.StatusOK, operatorsOf(query.Fields(), facets, tags))
}

// offeredTags is how many tags are offered, the most used ones.
const offeredTags = 100

// choiceWords says what a value of a field means; "" where it says that itself.
func choiceWords(field, value string) string {
	switch field {
	case "has":
		return "with " + haveWords(value)
	case "is":
		return wordsOfCallback(value)
	}
	return ""
}

// allFacets counts all that the visitor may see.
func (s *Server) allFacets(v *visit) (*Facets, error) {
	a, err := s.engine.Search(v.ctx(), v.scope(), Params{Limit: "1", Facets: "1"})
	if err != nil {
		return nil, err
	}
	return cmp.Or(a.Facets, &Facets{}), nil
}

func operatorsOf(fields []query.Field, f *Facets, tags []store.TagCount) []Operator {
	out := make([]Operator, 0, len(fields))
	for _, field := range fields {
		o := Operator{Name: field.Name + ":", Also: []string{}, Means: field.Means, Sample: field.Example, Values: []OperatorValue{}}
		for _, other := range append(field.Aliases, field.Opposites...) {
			o.Also = append(o.Also, other+":")
		}
		for _, value := range valuesFor(field, f, tags) {
			filter := query.Filter{Field: field.Name, Value: value.Text}
			if query.Parse(filter.String()).Root == query.Node(filter) { // a name with quotes in it can't be typed
				o.Values = append(o.Values, OperatorValue{Text: filter.String(), Means: value.Means})
			}
		}
		out = append(out, o)
	}
	return out
}

// valuesFor are the values of a field: those that this reader's archive has, or
// the usual ones.
func valuesFor(field query.Field, f *Facets, tags []store.TagCount) []OperatorValue {
	var out []OperatorValue
	add := func(values []FacetValue, means func(string) string) {
		for _, v := range values {
			if v.Value != "" && len(out) < maxRest {
				out = append(out, OperatorValue{v.Value, strings.TrimSpace(means(v.Value) + " (" + plural(v.Count, "voicemail") + ")")})
			}
		}
	}
	nothing := func(string) string { return "" }
	switch {
	case field.Kind == query.KindLang:
		add(f.Lang, langName)
	case field.Name == "bot":
		add(f.Bot, nothing)
	case field.Name == "queue":
		add(f.Queue, nothing)
	case field.Name == "tag":
		for _, t := range tags {
			out = append(out, OperatorValue{t.Name, "(" + plural(t.Count, "voicemail") + ")"})
		}
	case field.Kind == query.KindChoice:
		for _, v := range field.Values {
			out = append(out, OperatorValue{v.Name, choiceWords(field.Name, v.Name)})
		}
	default:
		out = usualValues[field.Kind]
	}
	return out
}
