//go:build words_bleve

package words

import (
	"afterbeep/index/query"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/bleve/v2/analysis/lang/bg"
	"github.com/blevesearch/bleve/v2/analysis/lang/ca"
	"github.com/blevesearch/bleve/v2/analysis/lang/ckb"
	"github.com/blevesearch/bleve/v2/analysis/lang/cs"
	"github.com/blevesearch/bleve/v2/analysis/lang/da"
	"github.com/blevesearch/bleve/v2/analysis/lang/de"
	"github.com/blevesearch/bleve/v2/analysis/lang/el"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/lang/eu"
	"github.com/blevesearch/bleve/v2/analysis/lang/fa"
	"github.com/blevesearch/bleve/v2/analysis/lang/fi"
	"github.com/blevesearch/bleve/v2/analysis/lang/fr"
	"github.com/blevesearch/bleve/v2/analysis/lang/ga"
	"github.com/blevesearch/bleve/v2/analysis/lang/gl"
	"github.com/blevesearch/bleve/v2/analysis/lang/hi"
	"github.com/blevesearch/bleve/v2/analysis/lang/hr"
	"github.com/blevesearch/bleve/v2/analysis/lang/hu"
	"github.com/blevesearch/bleve/v2/analysis/lang/hy"
	"github.com/blevesearch/bleve/v2/analysis/lang/id"
	indic "github.com/blevesearch/bleve/v2/analysis/lang/in"
	"github.com/blevesearch/bleve/v2/analysis/lang/it"
	"github.com/blevesearch/bleve/v2/analysis/lang/nl"
	"github.com/blevesearch/bleve/v2/analysis/lang/no"
	"github.com/blevesearch/bleve/v2/analysis/lang/pl"
	"github.com/blevesearch/bleve/v2/analysis/lang/pt"
	"github.com/blevesearch/bleve/v2/analysis/lang/ro"
	"github.com/blevesearch/bleve/v2/analysis/lang/ru"
	"github.com/blevesearch/bleve/v2/analysis/lang/sv"
	"github.com/blevesearch/bleve/v2/analysis/lang/tr"
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"github.com/blevesearch/snowballstem/irish"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/spanish"
	"github.com/blevesearch/snowballstem/tamil"
)

// specs are the languages with stems. All stemmers get folded words, that is
// without accents, on both sides; those that need the accents have rules of
// their own around them.
var specs = map[string]spec{
	"ar":  {made(filters(ar.NewArabicNormalizeFilter(), ar.NewArabicStemmerFilter())), list(ar.ArabicStopWords)},
	"bg":  {nil, list(bg.BulgarianStopWords)},
	"ca":  {nil, list(ca.CatalanStopWords)},
	"ckb": {made(filters(ckb.NewSoraniNormalizeFilter(), ckb.NewSoraniStemmerFilter())), list(ckb.SoraniStopWords)},
	"cs":  {nil, list(cs.CzechStopWords)},
	"da":  {made(filters(da.NewDanishStemmerFilter())), list(da.DanishStopWords)},
	"de":  {made(stemGerman(filters(de.NewGermanNormalizeFilter()), filters(de.NewGermanLightStemmerFilter()))), list(de.GermanStopWords)},
	"el":  {nil, list(el.GreekStopWords)},
	"en":  {made(chain(replacing(irregularEnglish), snowball(english.Stem))), list(en.EnglishStopWords)},
	"es":  {made(stemSpanish(snowball(spanish.Stem))), list(es.SpanishStopWords)},
	"eu":  {nil, list(eu.BasqueStopWords)},
	"fa":  {made(filters(ar.NewArabicNormalizeFilter(), fa.NewPersianNormalizeFilter())), list(fa.PersianStopWords)},
	"fi":  {made(filters(fi.NewFinnishStemmerFilter())), list(fi.FinnishStopWords)},
	"fr":  {made(stemFrench(snowball(french.Stem))), list(fr.FrenchStopWords)},
	"ga":  {made(snowball(irish.Stem)), list(ga.IrishStopWords)},
	"gl":  {nil, list(gl.GalicianStopWords)},
	"hi":  {made(filters(indic.NewIndicNormalizeFilter(), hi.NewHindiNormalizeFilter(), hi.NewHindiStemmerFilter())), list(hi.HindiStopWords)},
	"hr":  {made(filters(hr.NewSuffixTransformationFilter(), hr.NewCroatianStemmerFilter())), list(hr.CroatianStopWords)},
	"hu":  {made(filters(hu.NewHungarianStemmerFilter())), list(hu.HungarianStopWords)},
	"hy":  {nil, list(hy.ArmenianStopWords)},
	"id":  {nil, list(id.IndonesianStopWords)},
	"it":  {made(filters(it.NewItalianLightStemmerFilterFilter())), list(it.ItalianStopWords)},
	"nl":  {made(filters(nl.NewDutchStemmerFilter())), list(nl.DutchStopWords)},
	"no":  {made(filters(no.NewNorwegianStemmerFilter())), list(no.NorwegianStopWords)},
	"pl":  {polish, list(pl.PolishStopWords)},
	"pt":  {made(snowball(portuguese.Stem)), list(pt.PortugueseStopWords)},
	"ro":  {made(filters(ro.NewRomanianStemmerFilter())), list(ro.RomanianStopWords)},
	"ru":  {made(filters(ru.NewRussianStemmerFilter())), list(ru.RussianStopWords)},
	"sv":  {made(filters(sv.NewSwedishStemmerFilter())), list(sv.SwedishStopWords)},
	"ta":  {made(snowball(tamil.Stem)), nil},
	"tr":  {made(filters(tr.NewTurkishStemmerFilter())), list(tr.TurkishStopWords)},
}

func made(stem func(string) string) func() func(string) string {
	return func() func(string) string { return stem }
}

func list(words []byte) func() []byte { return func() []byte { return words } }

// filters makes a stemmer of Bleve's filters, one after the other.
func filters(all ...analysis.TokenFilter) func(string) string {
	return func(word string) string {
		tokens := analysis.TokenStream{{Term: []byte(word)}}
		for _, f := range all {
			tokens = f.Filter(tokens)
		}
		return string(tokens[0].Term)
	}
}

// snowball makes a stemmer of a generated one.
func snowball(stem func(*snowballstem.Env) bool) func(string) string {
	return func(word string) string {
		env := snowballstem.NewEnv(word)
		stem(env)
		return env.Current()
	}
}

// polish reads its table, which takes a moment, when Polish is first met.
func polish() func(string) string {
	f, err := pl.NewPolishStemmerFilter()
	if err != nil {
		return nil // its table is part of the module: it can be read
	}
	return filters(f)
}

// stopSet reads a list of stop words, which Bleve has as in the Snowball project.
func stopSet(text []byte) map[string]bool {
	listed := analysis.NewTokenMap()
	if err := listed.LoadBytes(text); err != nil {
		return nil // it reads from memory: there is none
	}
	out := make(map[string]bool, len(listed))
	for w := range listed {
		if t := query.Tokens(w); len(t) == 1 {
			out[t[0].Text] = true
		}
	}
	return out
}
