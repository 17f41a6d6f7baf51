package words

import "strings"

// The light stemmers below are of our own, for languages that neither Bleve nor
// Snowball has one for, and what those that exist leave of words that lost
// their accents. They know the endings of nouns and adjectives and the usual
// ones of verbs, no exceptions, and rather cut too much than too little: what
// they conflate wrongly ranks behind what was asked for.

// undouble writes every letter that stands twice in a row once.
func undouble(word string) string {
	var last rune
	return strings.Map(func(r rune) rune {
		if r == last {
			return -1
		}
		last = r
		return r
	}, word)
}

// lightBulgarian cuts articles, plurals and the endings of verbs.
var lightBulgarian = cutting(3, 3, `овете овци овце ове еве ища ищата ищет ите ият иите иия ата ята ето ото ъта ът ят та то те а я о е и у ю
	ия ии ие иа иу ам аш аме ате ат ям яш яме яте ят им иш ите их иха ихме ихте ах аха ахме ахте ях яха яхме яхте ал ала ало али ел ела ело ели ил ила ило или ял яла яло яли
	ан ана ано ани ен ена ено ени ян яна яно яни еики аики яики ещ аща ащ ещо ащо ещи ащи еше ешь аше яше ох оха охме ост остта ост н`)

// lightCatalan cuts plurals and the endings of verbs.
var lightCatalan = cutting(3, 3, `essim essiu essin essis issim issiu issin issis acions acio cions>cio ucions uccio ments ment ador adora adors adores ava aves avem aveu aven ada ades at ats ant ants ar are ara aras arem areu aran aria aries ariem arien
	er era eras erem ereu eran eria eries erien re ir ira iras irem ireu iran iria iries irien ia ies iem ieu ien ida ides it its int ent ents eix eixes eixen eixi
	esc escut uda udes ut uts es os as is s a e i o en em eu am au an in im iu ui gue gui ques>c que>c qui>c q>c qu>c gu>g ci>c ss>s c>g`)

// lightCzech cuts cases and the endings of verbs, after Dolamic and Savoy.
var lightCzech = chain(cutting(3, 2, `atech etem atum ata aty aten ech ich iho emi emu ete eti imu ami ama ach ych ymi ym um ove ovi ovy ovem ou em es im u y a i e o us ego eho
	ovat ovala oval ovali ovalo uje uji ujes ujeme ujete ujou at al ala ali alo ate ame am as it il ila ili ilo ite ime im is et el ela eli elo eme eni eny ena eno en an ana ano ani any ovan ovana ovany nout nul nula nuli ost osti ov uv ejsi ejs nejsi aji aje aj`).apply,
	cutting(3, 1, `ek>k el>l en>n ck>k c>k cn>kn ct>kt z>h st>sk r>r`).apply)

// lightGreek cuts the cases of nouns and the endings of verbs.
var lightGreek = cutting(3, 2, `ατων ατοσ ατα οσ ου ο οι ων ουσ ε η ησ εσ α ασ ι ια ιου ιων ιασ εισ εωσ εων ιο ιον ον εα εασ οτησ οτητα οτητασ οτητεσ
	ω ει εισ ουμε ετε ουν ουνε αω ασ αει αμε ατε ανε ησα ησεσ ησε ησαμε ησαν ησω ησεισ ησει ησουμε ησετε ησουν
	ηθηκα ηθηκε ηθηκαν θηκα θηκε θηκαν ομαι εσαι εται ομαστε εστε ονται ουσα ουσε ουσαν μενοσ μενη μενο μενοι μενεσ μενα ωντασ οντασ ξα ξε ξω ξει ξουν ψα ψε ψω ψει ψουν αδεσ αδων`)

// lightBasque cuts the cases, which pile up.
var lightBasque = cutting(3, 3, `aren arena arekin arentzat ari arengana aren arengatik ak ek ei en ena enak ean eko ekin entzat etan etako etara etatik era eraino erako tik tatik dik ko go
	an tan dan a ik rik ri z az ez rekin ren rena rentzat tzen ten tzea tzeko ditu i o e nik gatik gan gana`)

// lightGalician cuts plurals and the endings of verbs.
var lightGalician = cutting(3, 2, `cions>cion cion acion acions eiras eira eiro eiros mente amento amentos idade idades ando endo indo ado ada ados adas ido ida idos idas ar er ir are arei ara aras aran aremos aria arian erei era erian eria
	irei ira iria ou aron ei aches ches amos emos imos ades edes ides aba abas aban abamos ia ias ian iamos eu iu eron iron o a e os as es s n an en i ais eis ois ins is>l ns>n ons>on cou>c que>c quei>c qu>c gu>g z>c`)

// lightArmenian cuts the cases, articles and the endings of verbs.
var lightArmenian = cutting(3, 3, `ներից ներով ներում ներին ների ները ներն ներս ներդ ներ երից երով երում երին երի երը երն եր ությունը ությունների ություն ությամբ ության ից ով ում ին ի ը ն ս դ ու վան ան
	ել ալ եց եցի եցին եցինք ած ող ելու ալու ելիս ում ենք եք ա ար արի ացի ացավ վել վեց վում վող եցեք իր`)

// lightKorean cuts particles and the usual endings of verbs.
var lightKorean = cutting(1, 2, `에게서 에서는 에서도 으로는 으로도 에게는 까지는 부터는 이라고 라고 에서 에게 한테 께서 으로 까지 부터 처럼 보다 마다 조차 이나 이랑 하고 은 는 이 가 을 를 의 에 도 만 와 과 로 랑 나 들 들이 들을 들은
	합니다 했습니다 하겠습니다 합니까 하세요 해주세요 해요 했어요 했다 하다 하는 하면 하고 해서 할게요 한 할 함 하여 해 습니다 었습니다 았습니다 입니다 입니까 이에요 예요 어요 아요 었어요 았어요 세요 으세요 네요 지만 는데 다 요 주세요 됩니다 됐습니다 되었습니다 돼요 됐어요`)

// lightPersian cuts plurals, possessives and the endings of verbs; words are normalised.
var lightPersian = chain(
	func(word string) string {
		for _, p := range []string{"نمي", "مي", "بي"} {
			if rest, ok := strings.CutPrefix(word, p); ok && len(rest) >= 6 && p != "بي" {
				return rest
			}
		}
		return word
	},
	cutting(2, 3, `هايي هايم هايت هايش هايمان هايتان هايشان هاي ها ترين تر ان ات اي يي ي م ت ش مان تان شان يم يد ند ه هام هاي هايم هايد هاند ام ايم ايد اند است دن تن ده ته دم دي ديم ديد دند د هها ه`).apply)

// indonesianPrefixes stand for what is left of the first letter of a root
// behind them; k, p, s and t go without trace: kirim, mengirim.
var indonesianPrefixes = []string{"memper", "diper", "menge", "meny", "meng", "mem", "men", "me", "peny", "peng", "pem", "pen", "pel", "per", "di", "ter", "ber"}

var (
	indonesianParticles = cutting(4, 1, `lah kah tah pun`)
	indonesianOwners    = cutting(4, 1, `nya ku mu`)
	indonesianSuffixes  = cutting(4, 1, `kan an i`)
)

// lightIndonesian cuts what stands before and behind a root.
func lightIndonesian(word string) string {
	word = indonesianOwners.apply(indonesianParticles.apply(word))
	for _, p := range indonesianPrefixes {
		if rest, ok := strings.CutPrefix(word, p); ok && len(rest) >= 4 {
			word = rest
			break
		}
	}
	word = indonesianSuffixes.apply(word)
	if among(word[0], "kpst") && len(word) >= 4 {
		word = word[1:]
	}
	return word
}

// lightPolish cuts cases and the endings of verbs. The table of Stempel, which
// Bleve has, goes wrong without accents ("klient" becomes "klć").
var lightPolish = chain(cutting(3, 2, `kami kach kom niami niach niom owaniem owania owanie owaniu aniem enia enie eniu eniem ania anie aniu owie owi ami iami ach iach om iom ow em iem ie ia iu io y i a e o u
	ego emu ej ich ych ymi imi ym im ilem ilam il ila ili ily alem alam al ala ali aly owalem owalam owal owala owali owac ac ic yc ec esz ysz isz asz imy ymy emy amy icie ycie ecie acie aja am uje uja ujesz ana ane any
	ek ka ki ke kow kiem kowi ku ce>k rze>r dze>d`).apply, cutting(3, 1, `k c>k cz>k ni>n ci>c si>s`).apply)
