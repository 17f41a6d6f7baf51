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
	"ar":  {filters(ar.NewArabicNormalizeFilter(), ar.NewArabicStemmerFilter()), ar.ArabicStopWords},
	"bg":  {lightBulgarian.apply, bg.BulgarianStopWords},
	"ca":  {lightCatalan.apply, ca.CatalanStopWords},
	"ckb": {chain(filters(ckb.NewSoraniNormalizeFilter(), ckb.NewSoraniStemmerFilter()), afterSorani), ckb.SoraniStopWords},
	"cs":  {lightCzech, cs.CzechStopWords},
	"da":  {chain(filters(da.NewDanishStemmerFilter()), afterDanish), da.DanishStopWords},
	"de":  {stemGerman(filters(de.NewGermanNormalizeFilter()), filters(de.NewGermanLightStemmerFilter())), de.GermanStopWords},
	"el":  {lightGreek.apply, el.GreekStopWords},
	"en":  {chain(replacing(irregularEnglish), snowball(english.Stem)), en.EnglishStopWords},
	"es":  {stemSpanish(snowball(spanish.Stem)), es.SpanishStopWords},
	"eu":  {lightBasque.apply, eu.BasqueStopWords},
	"fa":  {chain(filters(ar.NewArabicNormalizeFilter(), fa.NewPersianNormalizeFilter()), lightPersian), fa.PersianStopWords},
	"fi":  {chain(filters(fi.NewFinnishStemmerFilter()), afterFinnish), fi.FinnishStopWords},
	"fr":  {stemFrench(snowball(french.Stem)), fr.FrenchStopWords},
	"ga":  {chain(snowball(irish.Stem), afterIrish), ga.IrishStopWords},
	"gl":  {lightGalician.apply, gl.GalicianStopWords},
	"hi":  {chain(filters(indic.NewIndicNormalizeFilter(), hi.NewHindiNormalizeFilter(), hi.NewHindiStemmerFilter()), afterHindi.apply), hi.HindiStopWords},
	"hr":  {chain(filters(hr.NewSuffixTransformationFilter(), hr.NewCroatianStemmerFilter()), afterCroatian), hr.CroatianStopWords},
	"hu":  {chain(filters(hu.NewHungarianStemmerFilter()), afterHungarian.apply), hu.HungarianStopWords},
	"hy":  {lightArmenian.apply, hy.ArmenianStopWords},
	"id":  {lightIndonesian, id.IndonesianStopWords},
	"it":  {chain(replacing(`telefono,telefonano>telefonare`), filters(it.NewItalianStemmerFilter()), afterItalian), it.ItalianStopWords},
	"nl":  {chain(filters(nl.NewDutchStemmerFilter()), afterDutch), nl.DutchStopWords},
	"no":  {chain(filters(no.NewNorwegianStemmerFilter()), afterNorwegian), no.NorwegianStopWords},
	"pl":  {lightPolish, nil},
	"pt":  {chain(snowball(portuguese.Stem), afterPortuguese), pt.PortugueseStopWords},
	"ko":  {lightKorean.apply, nil},
	"ro":  {chain(replacing(`adrese,adresei,adresele,adreselor>adresa`), filters(ro.NewRomanianStemmerFilter()), afterRomanian), ro.RomanianStopWords},
	"ru":  {chain(beforeRussian, filters(ru.NewRussianStemmerFilter()), afterRussian.apply), ru.RussianStopWords},
	"sv":  {chain(filters(sv.NewSwedishStemmerFilter()), afterSwedish), sv.SwedishStopWords},
	"ta":  {snowball(tamil.Stem), nil},
	"tr":  {lightTurkish.apply, tr.TurkishStopWords},
}

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
