package words

import (
	"slices"
	"strings"
	"testing"
)

// meets tells whether a query for one word finds the other by sound, as indexed
// in some language.
func meets(query, indexed string) bool {
	for _, lang := range []string{"en", "es", "fr", "de"} {
		for _, term := range Analyse(indexed, lang) {
			for _, code := range Sounds(query) {
				if slices.ContainsFunc(term.Sounds, func(s string) bool { return strings.HasPrefix(s, code) }) {
					return true
				}
			}
		}
	}
	return false
}

// Each line has spellings of one name as heard: all must find one another.
var soundAlikes = `
kathryn catherine katherine catharine katrin kathrin
meyer maier meier mayr mayer myer
philippe filip philip phillip
jimenez gimenez
stephen steven stefan
thibault tibo thibaud thibaut
schmidt schmitt schmid
shawn sean shaun
nguyen win
xavier javier
gonzalez gonsales gonzales
rodriguez rodrigues
lefebvre lefevre
muller miller mueller
christoph kristof christophe
geoffrey jeffrey
leigh lee
hugh hue
siobhan shivon
wojcik voychik
renault renaud reno
gauthier gautier gotier
dupont dupond dupon
bernard bernar
girard girar
rousseau russo
michaud mishow
francois fransua
hernandez ernandez
vasquez basquez vazquez
cecilia sesilia
quique kike
yolanda llolanda
ximena jimena
hector ector
huerta guerta
guillermo giyermo
ramirez ramires
martinez martines
velasquez belasquez
villanueva billanueva
caceres kaseres
thompson tomson thomson
wright rite
knight nite
clarke clark
reilly riley reily
nicholson nickolson nicolson
macdonald mcdonald
pearce pierce peerce
brown browne braun
johnson jonson
allen alan
lawrence laurence
sanders saunders
philips phillips
harris haris
jeffries geoffries
kaufmann kaufman coffman
schneider snider
fischer fisher
hoffmann hofmann hofman
becker bekker
bauer baur
schroeder schroder shroder
weiss weis
kowalski kovalski
schultz schulz shultz
petersen peterson
jacques jack
zhang jang
xu shoo
ahmed ahmad
mohammed muhammad mohamed
leicester lester
worcester wooster
houston hewston
philadelphia filadelfia
mississippi misisipi
cincinnati sinsinati
`

func TestNamesThatSoundAlike(t *testing.T) {
	for line := range strings.Lines(soundAlikes) {
		names := strings.Fields(line)
		for _, q := range names {
			for _, w := range names {
				if len(q) >= shortestAsked && len(w) >= shortestSound && !meets(q, w) {
					t.Errorf("%s doesn't find %s: looked up %v, indexed %v", q, w, Sounds(q), Analyse(w, "fr")[0].Sounds)
				}
			}
		}
	}
}

func TestSpanishSound(t *testing.T) {
	for word, want := range map[string]string{
		"jimenez": "JIMINIS", "gimenez": "JIMINIS", "javier": "JABIR", "xavier": "JABIR", "guillermo": "GIYIRMU", "rodriguez": "RUTRIGIS", "hugo": "UGU", "mexico": "MIJIKU",
		"mejico": "MIJIKU", "chavez": "XABIS", "huerta": "GIRTA", "vazquez": "BASKIS", "cambio": "KANBIU", "madrid": "MATRI", "philippe": "FILIPI", "queso": "KISU", "kiko": "KIKU",
		"yolanda": "YULANTA", "rey": "RI", "zaragoza": "SARAGUSA", "accion": "AKSIUN", "walter": "GUALTIR", "alexis": "ALISIS", "": "",
	} {
		if got := spanishSound(word); got != want {
			t.Errorf("spanishSound(%q) = %s, want %s", word, got, want)
		}
	}
}

func TestFrenchSound(t *testing.T) {
	for word, want := range map[string]string{
		"thibault": "TIBO", "thibaud": "TIBO", "tibo": "TIBO", "philippe": "FILIP", "lefebvre": "LEFEVR", "renault": "RENO", "beauchamp": "BOX2", "francois": "FR2SWA", "camille": "KAMI",
		"guillaume": "GILOM", "bordeaux": "BORDO", "peugeot": "P4JO", "charlotte": "XARLOT", "charlot": "XARLO", "martin": "MART1", "martine": "MARTIN", "dupont": "DUP3", "gauthier": "GOTIE",
		"leblanc": "LEBL2", "benoit": "BENWA", "christophe": "KRISTOF", "cecile": "SESIL", "isabelle": "IZABEL", "jean": "J2", "jeanne": "JAN", "": "",
	} {
		if got := frenchSound(word); got != want {
			t.Errorf("frenchSound(%q) = %s, want %s", word, got, want)
		}
	}
}

func TestSaidAs(t *testing.T) {
	if got := SaidAs("siobhan"); !slices.Contains(got, "shivon") {
		t.Errorf("siobhan is said as %q", got)
	}
	if got := SaidAs("refund"); got != nil {
		t.Errorf("refund is said as %q", got)
	}
	for name, all := range saidAs {
		for _, said := range append(all, name) {
			if !latin(said) || len(said) < 2 {
				t.Errorf("%s: %q is no word of plain letters", name, said)
			}
		}
	}
}

func TestSoundsLookedUp(t *testing.T) {
	tests := []struct {
		name, word string
		want       string
	}{
		{"every scheme", "meyer", "dm:MR| de:67| es:MIYIR| fr:ME|"},
		{"both of Double Metaphone", "kathryn", "dm:K0RN| dm:KTRN| de:4276| es:KATRIN| fr:KATR1|"},
		{"said otherwise", "siobhan", "dm:SPN| dm:XPN| dm:XFN| de:816| es:SIUBAN| fr:SIOB2|"},
		{"three letters", "lee", ""},
		{"hot", "because", ""},
		{"digits", "a1234", ""},
		{"not Latin", "иван", ""},
		{"too long", strings.Repeat("ba", 30), ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(Sounds(tt.word), " "); got != tt.want {
				t.Errorf("Sounds(%q)\n got %s\nwant %s", tt.word, got, tt.want)
			}
		})
	}
}

// What a query looks up must be the beginning of what the same word is indexed
// by, and nothing else's.
func FuzzSounds(f *testing.F) {
	for _, w := range []string{"meyer", "schxz", "gghh", "aeiou", "ccccc", "wwwwitz", "xxeau", "ghnlough", "tthomas"} {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, term := range Analyse(text, "fr") {
			for _, s := range term.Sounds {
				code, word, ok := strings.Cut(s, "|")
				if !ok || !strings.HasPrefix(word, term.Text) || !strings.Contains(code, ":") {
					t.Fatalf("%q has the sound %q", term.Text, s)
				}
			}
			if len(term.Text) >= shortestAsked && len(term.Sounds) > 0 && !meets(term.Text, term.Text) {
				t.Fatalf("%q doesn't find itself by %v", term.Text, Sounds(term.Text))
			}
			Sounds(term.Text)
		}
	})
}
