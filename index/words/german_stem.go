package words

import (
	"slices"
	"strings"
)

var (
	// germanEndings are those of verbs, which Bleve's light stemmer leaves, and
	// plurals of foreign words.
	germanEndings = cutting(3, 4, `bt>b dt>d ft>f gt>g ht>h kt>k lt>l mt>m nt>n pt>p rt>r st>s zt>z wt>w tt>t it>i eut>eu aut>au iet>ie
		det>d tet>t chnet>chn ffnet>ffn gnet>gn tmet>tm dnet>dn tnet>tn knet>kn
		os>o as>a ys>y is>i niss>nis inn>in ier>i er ers eln>el`)
	// germanPrefixes part from their verb: "ich hole ab", "abgeholt", "abzuholen".
	germanPrefixes = []string{"zusammen", "wieder", "weiter", "zuruck", "herunter", "heraus", "hinaus", "herein", "hinein", "vorbei", "fertig", "statt", "durch", "unter",
		"rein", "raus", "frei", "fest", "nach", "uber", "aus", "auf", "ein", "mit", "vor", "her", "hin", "los", "weg", "um", "ab", "an", "bei", "zu", "da"}
	// germanWhole are stems that begin with ge and are no participles.
	germanWhole = pairs(`gewinn>1 geniess>1 gelang>1 geling>1 gestat>1 geschieh>1 gewahr>1 gefahrd>1 gestal>1 gewohn>1 gerat>1
		geschaf>1 gesellschaf>1 gewich>1 gesich>1 gebur>1 gehal>1 gewal>1 geduld>1 gegenwar>1 gemeind>1 gepack>1`)
)

// germanStems are stems that a verb changes to, with that of its infinitive;
// participles stand without ge.
const germanStems = `rief>ruf sprach,sproch,sprich>sprech gab,gib>geb nahm,nimm,nomm>nehm sah,sieh>seh half,holf,hilf>helf fand,fund>find verlor>verlier bekam>bekomm kam>komm
ging,gang>geh stand>steh bracht>bring sand,sandt>send schrieb>schreib schloss>schliess brach,broch,brich>brech traf,troff,triff>treff zog,zieh,zoge>zieh
vergass,vergiss>vergess kann,konn>konn dacht,dach>denk wuss,weiss>wiss liess,lass>lass lag,leg>lieg fuhr>fahr hielt,hiel>halt hal>halt fiel>fall
blieb>bleib schnitt,schnit>schneid stieg>steig stahl,stohl,stiehl>stehl brann>brenn kann>kenn nann>nenn rann>renn trug,trag>trag schlug>schlag wuchs>wachs
bat,bet>bitt sass,sess>sitz ass,iss>ess trank,trunk>trink sang,sung>sing sprang,sprung>spring schwamm>schwimm gewann,gewonn>gewinn begann,begonn>beginn
bot,bote>biet verbot,verbote>verbiet hob>heb schob>schieb flog>flieg fror>frier log>lug riet,rie>rat schlief>schlaf empfahl,empfohl,empfiehl>empfehl
erhielt,erhiel>erhal verstand>versteh entschied>entscheid verliess>verlass geschah>geschieh misslang,misslung>missling lud,lad>lad tat,tan,tu>tun
wurd,word,wird>werd war,wes,bin,ist>sein konten,kont>konto firm>firma dat>datum musse,muss>muss thema,them>thema zentr>zentrum stud>studium
verschwand,verschwund>verschwind band,bund>bind sank,sunk>sink zwang,zwung>zwing litt,lit>leid ritt>reit stritt>streit griff,grif>greif riss>reiss schien>schein schwieg>schweig wies>weis uberwi>uberweis
starb,storb,stirb>sterb warf,worf,wirf>werf galt,golt,gilt>gelt verdarb,verdorb,verdirb>verderb fiehl,fahl,fohl>fehl mocht,mag>mog`

// stemGerman wraps Bleve's normaliser, which reads ae as ä and a, and its light
// stemmer: endings and participles of verbs, then the verbs that change their
// stem, each with and without what stands before them.
func stemGerman(normal, light func(string) string) func(string) string {
	early := pairs(germanStems)
	known := reduced(early, germanEndings.apply)
	return func(word string) string {
		word = normal(word)
		if own, ok := germanOwn[word]; ok {
			return own
		}
		word = diminished(word)
		stem := light(word)
		if to, ok := germanVerb(stem, early); ok {
			return germanEndings.apply(to)
		}
		stem = germanEndings.apply(stem)
		if to, ok := germanVerb(stem, known); ok {
			return to
		}
		return germanParticiple(word, stem)
	}
}

// germanVerb looks a stem up among those that change, as it is and without what
// stands before a verb: "zurückrief", "angerufen", "anzurufen", "verschoben".
func germanVerb(stem string, stems map[string]string) (string, bool) {
	if to, ok := stems[stem]; ok {
		return to, true
	}
	prefix, rest := germanPrefix(stem)
	for _, p := range []string{"", "ge", "zu", "be", "ver", "er", "ent", "zer", "miss"} {
		core, ok := strings.CutPrefix(rest, p)
		to, known := stems[core]
		switch {
		case !ok || !known || len(core) < 3:
		case p == "ge":
			return prefix + to, true
		case p == "zu":
			return prefix + to, prefix != ""
		default:
			return prefix + p + to, true
		}
	}
	return "", false
}

// germanPrefix cuts what parts from its verb.
func germanPrefix(stem string) (prefix, rest string) {
	for _, p := range germanPrefixes {
		if strings.HasPrefix(stem, p) && len(stem) >= len(p)+3 {
			return p, stem[len(p):]
		}
	}
	return "", stem
}

// germanParticiple takes the "ge" of a participle and the "zu" of an infinitive
// from a stem.
func germanParticiple(word, stem string) string {
	prefix, rest := germanPrefix(stem)
	if core, ok := strings.CutPrefix(rest, "ge"); ok && len(core) >= 3 && germanWhole[rest] == "" {
		weak := strings.Contains(word[max(0, len(word)-4):], "t")
		if weak || germanStrong[core] {
			return prefix + core
		}
	}
	if core, ok := strings.CutPrefix(rest, "zu"); ok && prefix != "" && len(core) >= 3 && strings.HasSuffix(word, "n") {
		return prefix + core
	}
	return stem
}

// germanOwn are nouns that some form of a verb is spelled like, or is but for its
// ending: a roof is not thought of, and a bed asks for nothing.
var germanOwn = pairs(`bett,betten,bettes,betts>bett dach,dacher,dachern,daches,dachs>dach magen,magens>magen lager,lagers,lagern,lagert,lagerte,gelagert>lager
	lage>lage tante,tanten>tante ware>ware wand,wande,wanden>wand band,bander,bandern,bands>band bote,boten>bote kanne,kannen>kanne gefahr>gefahr
	gehalt,gehalts,gehalter,gehaltern>gehalt gebiet,gebiete,gebieten,gebiets>gebiet wiese,wiesen>wiese sand,sandes>sand bund,bundes>bund`)

// diminished returns what is small: the "Haus" of a "Häuschen". Only of known nouns:
// most words that end so are no diminutives ("Kuchen", "Zeichen"), and a few are
// called so that aren't what is small ("Brötchen").
func diminished(word string) string {
	for _, ending := range []string{"chen", "chens", "lein", "leins"} {
		root, ok := strings.CutSuffix(word, ending)
		if !ok || len(root) < shortestPart || root == "brot" || root == "hahn" {
			continue
		}
		for _, noun := range []string{root, root + "e"} {
			if listedNouns()[noun] {
				return noun
			}
		}
	}
	return word
}

// Separable returns what a German verb of two parts is parted into where it
// stands in a sentence: "ab" and the stem of "holen" for "abholen" and "abgeholt".
// It is false of what is no form that a verb keeps together.
func Separable(folded string) (prefix, stem string, ok bool) {
	if !latin(folded) || !strings.HasSuffix(folded, "n") && !strings.HasSuffix(folded, "t") {
		return "", "", false
	}
	whole, ok := Stem(Compounding, folded)
	if !ok || noun(folded, endings) != "" {
		return "", "", false
	}
	prefix, stem = germanPrefix(whole)
	return prefix, stem, prefix != "" && len(stem) >= 3
}

// Parted returns the stem of the verb that a word and what was parted from it are
// together: that of "überlaufen" for "läuft" and "über".
func Parted(folded, prefix string) (stem string, ok bool) {
	if !slices.Contains(germanPrefixes, prefix) || len(folded) < 3 || !latin(folded) {
		return "", false
	}
	stem, ok = Stem(Compounding, folded)
	return prefix + stem, ok && len(stem) >= 3
}

// germanStrong are stems whose participle ends in en and is else like the infinitive.
var germanStrong = func() map[string]bool {
	out := make(map[string]bool)
	for _, s := range strings.Fields(`ruf geb seh komm lass fahr fall halt hal blas lauf schlaf trag schlag wachs les mess fress ess stoss heiss fang hang lad rat brat wasch back`) {
		out[s] = true
	}
	return out
}()
