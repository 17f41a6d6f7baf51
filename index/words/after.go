package words

import "strings"

// afterDanish, afterNorwegian and afterSwedish go on where Snowball's stemmers
// stop: a second ending, adjectives, verbs, and consonants that double.
var (
	afterDanish    = chain(cutting(4, 2, `s en et er erne ere est este t ed ede ende el>l um ie>i e`).apply, undoubleEnd)
	afterNorwegian = chain(cutting(4, 2, `s en et er ern erne ere ar ars est este t dd a ed el>l um ium>i m>m e`).apply, undoubleEnd)
	afterSwedish   = chain(cutting(4, 2, `s an ans en et er ern ar arn are ast t dd d na ad de te or orn el>l e a`).apply, undoubleEnd)
)

// undoubleEnd writes a last letter that stands twice once.
func undoubleEnd(word string) string {
	if n := len(word); n > 3 && word[n-1] == word[n-2] && word[n-1] < 0x80 {
		return word[:n-1]
	}
	return word
}

var dutchEndings = cutting(3, 2, `er ere eren erd erde erden st ste t te ten d de den end ende iger>ig igst>ig ert tje tjes je jes en e ig heid heden>heid`)

// afterDutch adds what verbs and adjectives end in, takes the "ge" of
// participles away, and writes long vowels and doubled consonants once (betaal,
// betalen; bel, bellen), s for z and f for v.
func afterDutch(word string) string {
	word = dutchEndings.apply(word)
	for _, p := range []string{"", "aan", "af", "op", "uit", "in", "mee", "terug", "door", "over", "na", "voor"} {
		if rest, ok := strings.CutPrefix(word, p+"ge"); ok && len(rest) >= 3 {
			word = p + rest
			break
		}
	}
	return cutting(3, 1, `v>f z>s`).apply(undouble(word))
}

// afterRomanian cuts the articles and endings that need accents to be known.
var afterRomanian = chain(cutting(4, 3, `ului ul ulu ule ilor elor ilo lor lui ei ele elo ile ara are ar aser iser eser aseram ir and ind as is us ases ises est esc esti easc eaz az ez at it ut ur uri uril or ori oare
	i e a u ea ia ie iei iil ii iun iune ti>t t>t tat tati ati iti ast d>d z>d user oas`).apply, cutting(3, 2, `i e a u ea ia`).apply)

// beforeRussian restores й at the end, which folding makes и, before Snowball's
// stemmer, so that cases of adjectives and feminine nouns agree.
func beforeRussian(word string) string {
	if root, ok := strings.CutSuffix(word, "и"); ok {
		for _, v := range []string{"ы", "о", "и", "е"} {
			if strings.HasSuffix(root, v) {
				return root + "й"
			}
		}
	}
	return word
}

var afterRussian = cutting(3, 2, `е и ь я ии еи ов ев он ен нн>н`)

// afterCroatian cuts the endings that the rules for š, č and ž don't see.
var afterCroatian = chain(cutting(3, 2, `ama ima ome omu oga ovima ovi ova ove evi eva og om em im ih oj iji ije ija a e i o u smo ste mo te li la lo le ti t m s h ao io eo ju uju ujem ava avam iva uje cu ce nu nj>n aj>a`).apply,
	cutting(3, 1, `c>k z>g`).apply)

// afterHungarian cuts what Snowball's stemmer leaves of words without accents.
var afterHungarian = cutting(3, 3, `ok ek ak t ot et at ban ben ba be bol bel rol rel tol tel nak nek val vel hoz hez ra re ig ert kent ul on en an n a e i o om em am m od ed ad d ja je juk uk unk jat jei jai ai ei aim eim
	ni tam tem tal tel ta te tuk tek tunk tok ott ett ott sz ik nk unk link lek lak jak jek jen jon va ve o u ne na ast est as es`)

// lightTurkish cuts endings by their vowels without harmony, which folding undoes.
var lightTurkish = cutting(4, 6, `lar ler larim lerim larimiz lerimiz lari leri larini lerini larina lerine larin lerin in un nin nun i u yi yu s im um miz muz imiz umuz niz nuz iniz unuz a e ya ye na ne da de ta te nda nde dan den tan ten ndan nden la le yla yle ca ce ki
	mak mek ma me iyor uyor yor iyorum uyorum yorum iyorsun iyoruz uyoruz yoruz iyorlar di du ti tu dim dum tim tum din tin dik duk tik tuk diniz diler tiler acak ecek acagim ecegim yacak yecek acagiz ecegiz mis mus misti ar er ir ur
	iniz lik luk siz suz li lu ci cu mi n m r yorsunuz iyorsunuz abilir ebilir sa se g>k b>p d>t`)

// afterItalian and afterPortuguese cut what lost its accent: futures,
// conditionals, imperfects, and letters that change in writing only.
var (
	afterItalian    = chain(cutting(3, 3, `ono ero era erai erann erem eret ere ire iro ira irai iret are aro ar er ir ei i a e o h gh>g ch>c isc iv av ev at it ut`).apply)
	afterPortuguese = chain(cutting(3, 3, `ao oe oes aos coe>c cao>c ca>c cion ou ei eu iu ari eri iri aria eria iria ia ar er ir e a o i s qu>c gu>g c>c z>c j>g ad id`).apply)
)

// afterHindi cuts what verbs keep.
var afterHindi = cutting(2, 2, `त ात ाइय ाय य इय ओ ए ा ाइ ान ू ि ु े ो ें ों ीं ां ं`)

// afterIrish cuts plurals and cases, and tells slender consonants from broad
// ones no more.
var afterIrish = chain(cutting(3, 3, `anna eanna acha eacha igh aigh igi aigi aimis imis oimid oimis ofa ofar ofai ofaidh oinn oidis eoimid eoimis eofa eofai eofar eoinn eoidis aiochta aiocht aioch eoiri eora ora oiri ann achta ocht a i e an ain ta te the tha ais is eis as mis dis im aim inn ir>r in>n il>l ear ach each adh eadh f faidh fidh fad`).apply)

// afterFinnish joins what gradation and -us, -ukse- part: soittaa, soitan;
// tilaus, tilauksen.
var afterFinnish = chain(undouble, cutting(4, 2, `uks>u us>u yks>y ys>y oks>o os>o t k ta ka te me vat nut nyt tu ty ne a e i o u y`).apply)

// afterSorani leaves out the marks by which Kurdish tells letters apart, as
// people do who type on an Arabic keyboard.
var afterSorani = strings.NewReplacer("ڵ", "ل", "ڕ", "ر", "ێ", "ی", "ۆ", "و").Replace
