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
