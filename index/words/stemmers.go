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
	"bg":  {made(lightBulgarian.apply), list(bg.BulgarianStopWords)},
	"ca":  {made(lightCatalan.apply), list(ca.CatalanStopWords)},
	"ckb": {made(chain(filters(ckb.NewSoraniNormalizeFilter(), ckb.NewSoraniStemmerFilter()), afterSorani)), list(ckb.SoraniStopWords)},
	"cs":  {made(lightCzech), list(cs.CzechStopWords)},
	"da":  {made(chain(filters(da.NewDanishStemmerFilter()), afterDanish)), list(da.DanishStopWords)},
	"de":  {made(stemGerman(filters(de.NewGermanNormalizeFilter()), filters(de.NewGermanLightStemmerFilter()))), list(de.GermanStopWords)},
	"el":  {made(lightGreek.apply), list(el.GreekStopWords)},
	"en":  {made(chain(replacing(irregularEnglish), snowball(english.Stem))), list(en.EnglishStopWords)},
	"es":  {made(stemSpanish(snowball(spanish.Stem))), list(es.SpanishStopWords)},
	"eu":  {made(lightBasque.apply), list(eu.BasqueStopWords)},
	"fa":  {made(chain(filters(ar.NewArabicNormalizeFilter(), fa.NewPersianNormalizeFilter()), lightPersian)), list(fa.PersianStopWords)},
	"fi":  {made(chain(filters(fi.NewFinnishStemmerFilter()), afterFinnish)), list(fi.FinnishStopWords)},
	"fr":  {made(stemFrench(snowball(french.Stem))), list(fr.FrenchStopWords)},
	"ga":  {made(chain(snowball(irish.Stem), afterIrish)), list(ga.IrishStopWords)},
	"gl":  {made(lightGalician.apply), list(gl.GalicianStopWords)},
	"hi":  {made(chain(filters(indic.NewIndicNormalizeFilter(), hi.NewHindiNormalizeFilter(), hi.NewHindiStemmerFilter()), afterHindi.apply)), list(hi.HindiStopWords)},
	"hr":  {made(chain(filters(hr.NewSuffixTransformationFilter(), hr.NewCroatianStemmerFilter()), afterCroatian)), list(hr.CroatianStopWords)},
	"hu":  {made(chain(filters(hu.NewHungarianStemmerFilter()), afterHungarian.apply)), list(hu.HungarianStopWords)},
	"hy":  {made(lightArmenian.apply), list(hy.ArmenianStopWords)},
	"id":  {made(lightIndonesian), list(id.IndonesianStopWords)},
	"it":  {made(chain(replacing(`telefono,telefonano>telefonare`), filters(it.NewItalianStemmerFilter()), afterItalian)), list(it.ItalianStopWords)},
	"nl":  {made(chain(filters(nl.NewDutchStemmerFilter()), afterDutch)), list(nl.DutchStopWords)},
	"no":  {made(chain(filters(no.NewNorwegianStemmerFilter()), afterNorwegian)), list(no.NorwegianStopWords)},
	"pl":  {made(lightPolish), nil},
	"pt":  {made(chain(snowball(portuguese.Stem), afterPortuguese)), list(pt.PortugueseStopWords)},
	"ko":  {made(lightKorean.apply), nil},
	"ro":  {made(chain(replacing(`adrese,adresei,adresele,adreselor>adresa`), filters(ro.NewRomanianStemmerFilter()), afterRomanian)), list(ro.RomanianStopWords)},
	"ru":  {made(chain(beforeRussian, filters(ru.NewRussianStemmerFilter()), afterRussian.apply)), list(ru.RussianStopWords)},
	"sv":  {made(chain(filters(sv.NewSwedishStemmerFilter()), afterSwedish)), list(sv.SwedishStopWords)},
	"ta":  {made(snowball(tamil.Stem)), nil},
	"tr":  {made(lightTurkish.apply), list(tr.TurkishStopWords)},
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
