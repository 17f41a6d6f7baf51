package contact

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

// voice says telephone numbers in one language.
type voice struct {
	lang          string
	regions       []string
	digits        []string
	double        string
	between       []string
	before, after []string
	wrong         []string // what a correction begins with
	plus          string
	extension     string
	notThis       string
	again         string
}

var voices = []voice{
	{
		lang: "en", regions: []string{"US", "GB", "AU", "IN", "IE", "NZ", "CA", "ZA"},
		digits: strings.Fields("zero one two three four five six seven eight nine"), double: "double ",
		between: []string{" ", " ", ", ", " uh ", ", um, ", " and then ", " dash "},
		before: []string{
			"please call me back at ", "hi it's Ann from Acme about my order my number is ", "you can reach me on ", "I can be reached at ",
			"my policy number is 4471182 and my phone is ", "Call my daughter at ", "this is Bob, ",
		},
		after: []string{" thanks", ". Thank you, bye.", " before noon please", ", it's about the boiler", ""},
		wrong: []string{", no, sorry, ", " no wait "}, plus: "plus ", extension: " extension ", notThis: ", not this number", again: ", I repeat, ",
	},
	{
		lang: "es", regions: []string{"ES", "MX", "CL", "PE"},
		digits: strings.Fields("cero uno dos tres cuatro cinco seis siete ocho nueve"), double: "doble ",
		between: []string{" ", " ", ", ", " eh ", ", este, ", " luego "},
		before: []string{
			"llámeme por favor al ", "mi número es el ", "me puede localizar en el ", "mi póliza es 4471182 y mi teléfono el ",
			"llame a mi hija al ", "soy Ana de Burgos, ", "devuélvanme la llamada al ",
		},
		after: []string{" gracias", ". Muchas gracias.", " antes de comer", ", es por la caldera", ""},
		wrong: []string{", no, perdón, ", " digo "}, plus: "más ", extension: " extensión ", notThis: ", no a este número", again: ", le repito, ",
	},
	{
		lang: "fr", regions: []string{"FR", "BE", "CH", "CA"},
		digits: strings.Fields("zéro un deux trois quatre cinq six sept huit neuf"), double: "double ",
		between: []string{", ", ", ", ", euh, ", " et puis "},
		before: []string{
			"rappelez-moi au ", "mon numéro c'est le ", "vous pouvez me joindre au ", "mon contrat est le 4471182 et mon téléphone le ",
			"appelez ma fille au ", "c'est Anne de Lyon, ", "je suis joignable au ",
		},
		after: []string{" merci", ". Merci beaucoup.", " avant midi", ", c'est pour la chaudière", ""},
		wrong: []string{", non, pardon, ", ", je me trompe, "}, plus: "plus ", extension: " poste ", notThis: ", pas à ce numéro", again: ", je répète, ",
	},
	{
		lang: "de", regions: []string{"DE", "AT", "CH"},
		digits: strings.Fields("null eins zwei drei vier fünf sechs sieben acht neun"), double: "doppel ",
		between: []string{" ", " ", ", ", " äh ", ", ähm, ", " und dann "},
		before: []string{
			"rufen sie mich bitte zurück unter ", "meine nummer ist die ", "sie erreichen mich unter ", "meine kundennummer ist 4471182 und mein telefon ",
			"rufen sie meine tochter an unter ", "hier ist Anna aus Köln, ", "ich bin erreichbar auf ",
		},
		after: []string{" danke", ". Vielen Dank.", " vor mittag bitte", ", es geht um die heizung", ""},
		wrong: []string{", nein, entschuldigung, ", " quatsch "}, plus: "plus ", extension: " durchwahl ", notThis: ", nicht unter dieser nummer", again: ", ich wiederhole, ",
	},
}

// drawNumber returns a random valid number of a region.
func drawNumber(t *rapid.T, region, name string) *phonenumbers.PhoneNumber {
	kind := rapid.SampledFrom([]phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE}).Draw(t, name+" type")
	example := phonenumbers.Format(phonenumbers.GetExampleNumberForType(region, kind), phonenumbers.E164)
	seed := rapid.IntRange(11111, 99999).Draw(t, name+" end")
	for n := range 1000 {
		text := example[:len(example)-5] + fmt.Sprintf("%05d", (seed+n*7)%100000)
		if number, err := phonenumbers.Parse(text, "ZZ"); err == nil && phonenumbers.IsValidNumberForRegion(number, region) {
			return number
		}
	}
	t.Fatalf("no valid number like %s", example)
	return nil
}

// say says digits one by one, some twice, or written, in random groups.
func (v voice) say(t *rapid.T, digits string) string {
	var out strings.Builder
	between, written := v.between, rapid.Bool().Draw(t, "written")
	if written {
		between = between[:3] // what comes "then" need not be the same number
	}
	for i := 0; i < len(digits); {
		if i > 0 {
			out.WriteString(rapid.SampledFrom(between).Draw(t, "between"))
		}
		n := min(rapid.IntRange(1, 4).Draw(t, "group"), len(digits)-i)
		for j := i; j < i+n; j++ {
			switch {
			case written:
				out.WriteByte(digits[j])
				continue
			case j > i:
				out.WriteByte(' ')
			}
			if j+1 < i+n && digits[j] == digits[j+1] && rapid.Bool().Draw(t, "double") {
				out.WriteString(v.double)
				j++
			}
			out.WriteString(v.digits[digits[j]-'0'])
		}
		i += n
	}
	return out.String()
}

// national returns a number as people of its region say it.
func national(n *phonenumbers.PhoneNumber, region string) string {
	digits := phonenumbers.GetNationalSignificantNumber(n)
	if regionsByCode()[region].trunk {
		digits = "0" + digits
	}
	return digits
}

func toCall(list []Number) []string {
	var out []string
	for _, n := range list {
		if n.Kind == Call {
			s := n.E164
			if n.Ext != "" {
				s += "x" + n.Ext
			}
			out = append(out, s)
		}
	}
	return out
}

// TestSpokenNumbersAreDialled says a random valid number of a region: as it is said
// there, with its country code, with an extension, corrected, and said twice.
func TestSpokenNumbersAreDialled(t *testing.T) {
	for _, v := range voices {
		t.Run(v.lang, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				region := rapid.SampledFrom(v.regions).Draw(t, "region")
				n := drawNumber(t, region, "number")
				caller := phonenumbers.Format(drawNumber(t, region, "caller"), phonenumbers.E164)
				e164 := phonenumbers.Format(n, phonenumbers.E164)
				want, said := e164, v.say(t, national(n, region))
				switch rapid.SampledFrom([]string{"national", "abroad", "extension", "twice"}).Draw(t, "way") {
				case "abroad":
					said = v.plus + v.say(t, strings.TrimPrefix(e164, "+"))
				case "extension":
					ext := strconv.Itoa(rapid.IntRange(100, 999).Draw(t, "extension"))
					said += v.extension + ext
					want += "x" + ext
				case "twice":
					said += v.again + v.say(t, national(n, region))
				}
				text := rapid.SampledFrom(v.before).Draw(t, "before") + said + rapid.SampledFrom(v.after).Draw(t, "after")
				m := Message{Text: text, Lang: v.lang, Caller: caller, Region: region}
				if got := toCall(Find(m)); len(got) != 1 || got[0] != want {
					t.Fatalf("Find(%+v) = %v, want %s", m, got, want)
				}
			})
		})
	}
}

// TestTheOtherNumberIsCalled says a number that is to be called instead of the
// caller id.
func TestTheOtherNumberIsCalled(t *testing.T) {
	for _, v := range voices {
		t.Run(v.lang, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				region := rapid.SampledFrom(v.regions).Draw(t, "region")
				n := drawNumber(t, region, "number")
				caller := phonenumbers.Format(drawNumber(t, region, "caller"), phonenumbers.E164)
				text := v.before[0] + v.say(t, national(n, region)) + v.notThis
				m := Message{Text: text, Lang: v.lang, Caller: caller, Region: region}
				want := phonenumbers.Format(n, phonenumbers.E164)
				if got := toCall(Find(m)); caller != want && (len(got) != 1 || got[0] != want) {
					t.Fatalf("Find(%+v) = %v, want %s", m, got, want)
				}
			})
		})
	}
}
