package numbers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// row is a text and the runs that must be found in it: digits, with "+" before
// them where Plus is wanted, separated by spaces.
type row struct{ text, want string }

func show(runs []Run) string {
	var out []string
	for _, r := range runs {
		digits := r.Digits
		if r.Plus {
			digits = "+" + digits
		}
		out = append(out, digits)
	}
	return strings.Join(out, " ")
}

func testRows(t *testing.T, lang string, rows []row) {
	t.Helper()
	for _, r := range rows {
		for _, l := range []string{lang, ""} {
			if got := show(Find(r.text, l)); got != r.want {
				t.Errorf("Find(%q, %q) = %q, want %q", r.text, l, got, r.want)
			}
		}
	}
}

func TestEnglish(t *testing.T) {
	testRows(t, "en", []row{
		{"", ""},
		{"hello, this is nobody calling about nothing", ""},
		{"one of my two kids", ""},
		{"I have one question and two remarks for you too", ""},
		{"there are three of us, or four", ""},
		{"from five to six", ""},
		{"open nine to five", ""},
		{"between five and six", ""},
		{"oh no", ""},
		{"oh oh", ""},
		{"a double room for one night", ""},
		{"hundreds of calls", ""},
		// Written.
		{"call +1 (617) 555-0123 please", "+16175550123"},
		{"call 617.555.0123 or 617/555/0199", "6175550123 6175550199"},
		{"6 1 7 5 5 5 0 1 2 3", "6175550123"},
		{"6175550123", "6175550123"},
		{"6, 1, 7. 5, 5, 5. 0, 1, 2, 3.", "6175550123"},
		{"my number is 617 555. 0123. Thanks", "6175550123"},
		{"press 5 please", "5"},
		{"order AB1234 is late", "1234"},
		{"at 5pm on the 3rd", "5 3"},
		{"rooms 12 and 14", "12 14"},
		{"617-555-0123ext12", "6175550123 12"},
		{"555-O123", "5550123"},
		{"1-800-FLOWERS", "1800"},
		{"it was $1,200.50", "120050"},
		{"٦١٧ ٥٥٥ ٠١٢٣", "6175550123"},
		{"617‑555‑0123", "6175550123"},
		{"617 555 0123 or 718 555 0199", "6175550123 7185550199"},
		{"617 555 0123, 718 555 0199", "6175550123 7185550199"},
		{"617 555 0123 617 555 0123", "6175550123 6175550123"},
		{"order 12345, 617 555 0123", "12345 6175550123"},
		{"617 555 0123. 25 dollars", "6175550123 25"},
		// Spoken.
		{"five five five oh one two three", "5550123"},
		{"six one seven five five five oh one two three", "6175550123"},
		{"six one seven, five five five, o one two three", "6175550123"},
		{"Six-one-seven, five-five-five, zero-one-two-three.", "6175550123"},
		{"six one seven triple five oh one double two", "6175550122"},
		{"double seven", "77"},
		{"double oh seven", "007"},
		{"three fives oh one two three", "5550123"},
		{"two zeros seven", "007"},
		{"nine hundred", "900"},
		{"fifty-five", "55"},
		{"fifty five fifty five", "5555"},
		{"eight hundred five five five zero one two three", "8005550123"},
		{"one eight hundred five five five oh one two three", "18005550123"},
		{"nineteen eighty four", "1984"},
		{"twenty twenty", "2020"},
		{"twenty twenty five", "2025"},
		{"nineteen oh five", "1905"},
		{"one hundred twenty five", "125"},
		{"one hundred and twenty five", "125"},
		{"a hundred and five", "105"},
		{"twenty five", "25"},
		{"one twenty five", "125"},
		{"twenty five dollars", "25"},
		{"two thousand twenty five", "2025"},
		{"two thousand and five", "2005"},
		{"fifty five hundred", "5500"},
		{"twelve thousand three hundred forty five", "12345"},
		{"five five five six thousand", "5556000"},
		{"six seventeen five fifty five oh one twenty three", "6175550123"},
		{"nought two oh seven nine four six nought nine five eight", "02079460958"},
		{"nil two", "02"},
		{"my kids are five and six", ""},
		// Mixed.
		{"6 1 7 five five five 0123", "6175550123"},
		{"617 five five five 01 twenty three", "6175550123"},
		// Misheard.
		{"six won seven five five five oh won too three", "6175550123"},
		{"for one five five five five oh one two three", "4155550123"},
		{"call me at four one five five five five oh one two three for details", "4155550123"},
		{"six one seven five five five oh one to three", "6175550123"},
		{"six one seven five five five ate ate ate for", "6175558884"},
		{"555 0123 to 555 0199", "5550123 5550199"},
		// Between.
		{"six one seven um five five five uh oh one two three", "6175550123"},
		{"six one seven and then five five five, dash, oh one two three", "6175550123"},
		{"six one seven hyphen five five five\noh one two three", "6175550123"},
		{"area code six one seven, five five five oh one two three", "6175550123"},
		{"area code six one seven and the number is five five five oh one two three", "6175550123"},
		{"five five five oh one two three area code six one seven", "6175550123"},
		{"five five five oh one two three, with area code six one seven", "6175550123"},
		{"555 0123, that's area code 617, thanks", "6175550123"},
		{"five five five oh one two three in the six one seven", "5550123 617"},
		{"plus one six one seven five five five oh one two three", "+16175550123"},
		{"plus one, area code 617, 555 0123", "+16175550123"},
		{"country code one six one seven five five five oh one two three", "+16175550123"},
		{"six one seven five five five oh one two three extension 12", "6175550123 12"},
		{"617 555 0123 ext. 4455", "6175550123 4455"},
		{"617-555-0123 x12", "6175550123 12"},
		{"617 555 0123 one more thing", "6175550123"},
		{"617 555 0123. Again, that's 617 555 0123.", "6175550123 6175550123"},
		{"five five five oh one two three five five five oh one two three", "5550123 5550123"},
		{"plus four four seven seven double oh nine oh oh one three six", "+447700900136"},
		{"six one seven five five five zero one hundred", "6175550100"},
		{"four one five five five five oh one hundred and four", "4155550104"},
		{"five five five twelve hundred", "5551200"},
		{"It's two one two. Five five five. Oh one seven seven.", "2125550177"},
		{"two-one-two - five-five-five - oh-one-seven-seven", "2125550177"},
		{"area code 617 and the number's 555-0123", "6175550123"},
		{"My policy is 12345\n617 555 0123 is my phone", "12345 6175550123"},
		{"I'm 25. 617 555 0123", "25 6175550123"},
		{"call 1 (800) 555 0199 ext 7", "18005550199 7"},
		{"five double-five oh one double-two", "5550122"},
		{"a hundred twenty five dollars and fifty cents", "125 50"},
		// Corrections.
		{"six one seven, no I'm sorry, six one eight, five five five oh one two three", "6185550123"},
		{"six one seven five five five oh one two three no wait that's wrong it's six one seven five five five oh one three two", "6175550132"},
		{"six one seven five five five oh one two three oh sorry three two", "6175550132"},
		{"five five five zero one two three in boston that's area code six one seven", "6175550123"},
		{"five five five zero one two three is my number at work, and I have another one in the old town where my mother lives, area code six one seven", "5550123 617"},
		{"plus four four twenty seven nine four six oh nine five eight", "+442079460958"},
		{"oh seven seven double oh nine hundred one three six", "07700900136"},
		{"i called at two thirty and again at four fifteen", "230 415"},
		{"two hundred and fifty dollars and thirty cents", "250 30"},
		{"617 one second 555 0123", "6175550123"},
		{"six one seven, one moment, five five five oh one two three", "6175550123"},
		{"at ten o'clock", "10"},
		{"at 8 o clock or 9 O’Clock", "8 9"},
		{"617 wait 618 555 0123", "6185550123"},
		{"617 hold on 555 0123", "6175550123"},
		{"six one seven, no, six one eight, five five five oh one two three", "6185550123"},
		{"six one seven five five five oh one two four, sorry, oh one two three", "6175550123"},
		{"six one seven five five five oh one two four, sorry, three", "6175550123"},
		{"617 555 0124 I mean 0123", "6175550123"},
		{"6175550124, correction, 6175550123", "6175550123"},
		{"6175550124, sorry, 0123", "6175550123"},
		{"617 555 0158, sorry, I always do that, 0185", "6175550185"},
		{"617 555 0142, I said that wrong, it's 617 555 0124", "6175550124"},
		{"five five five oh one one seven seven. No, that's one too many. Two one two, five five five, zero one seven seven", "2125550177"},
		{"617 55 no wait 617 555 0123", "6175550123"},
		{"two oh one five five five zero one five eight, excuse me, eight five, zero one eight five", "2015550185"},
		{"two one two five five five zero one one nine, no wait, one eight. Zero one one eight", "2125550118"},
		{"617 556 let me start over 617 555 0123", "6175550123"},
		{"617 555 sorry 0123", "6175550123"},
		{"617 555 0123. Sorry for the noise, call after 10", "6175550123 10"},
		{"617 555 0123 or no 718 444 9876", "6175550123 7184449876"},
		{"six one seven, no, eight, five five five, oh one two three", "6185550123"},
	})
}

func TestSpanish(t *testing.T) {
	testRows(t, "es", []row{
		{"tengo una pregunta y dos comentarios", ""},
		{"entre cinco y seis", ""},
		{"a las dos o tres", ""},
		{"seis cero dos", "602"},
		{"seiscientos doce", "612"},
		{"treinta y cuatro", "34"},
		{"treinta cuatro", "34"},
		{"seis uno dos, diez y seis, diez y siete, dieciocho", "612161718"},
		{"diez y nueve", "19"},
		{"diez y tres", "10"},
		{"veintidos", "22"},
		{"veintidós", "22"},
		{"doble cinco", "55"},
		{"dos mil veinticinco", "2025"},
		{"mil novecientos ochenta y cuatro", "1984"},
		{"ciento veinticinco", "125"},
		{"seis uno siete cinco cinco cinco cero uno dos tres", "6175550123"},
		{"seis uno siete, eh, cinco cinco cinco, este, cero uno dos tres", "6175550123"},
		{"seis doce treinta y cuatro cincuenta y seis setenta y ocho", "612345678"},
		{"seiscientos doce treinta y cuatro cincuenta y seis setenta y ocho", "612345678"},
		{"seiscientos doce, trescientos cuarenta y cinco, seiscientos setenta y ocho", "612345678"},
		{"noventa y uno, quinientos cincuenta y cinco, cero uno, dos tres", "915550123"},
		{"seis uno siete, no, seis uno ocho, cinco cinco cinco cero uno dos tres", "6185550123"},
		{"seis uno siete cinco cinco cinco cero uno dos cuatro, perdón, cero uno dos tres", "6175550123"},
		{"más treinta y cuatro seiscientos doce treinta y cuatro cincuenta y seis setenta y ocho", "+34612345678"},
		{"cinco cinco cinco cero uno dos tres, prefijo seis uno siete", "6175550123"},
		{"cinco cinco cinco cero uno dos tres, código de área seis uno siete", "6175550123"},
		{"código de área seis uno siete y el número es cinco cinco cinco cero uno dos tres", "6175550123"},
		{"seis uno siete guion cinco cinco cinco guión cero uno dos tres", "6175550123"},
		{"sero dos", "02"},
		{"seis sero dos sinco", "6025"},
		{"seis uno siete cinco cinco cinco cero uno dos tres extensión doce", "6175550123 12"},
		{"dos ceros siete", "007"},
		{"tres cincos cero uno dos tres", "5550123"},
		{"dos veces el cinco", "55"},
		{"triple cinco cero uno dos tres", "5550123"},
		{"empiezo de nuevo, seis uno siete", "617"},
		{"seis uno seis, empiezo de nuevo, seis uno siete cinco cinco cinco cero uno dos tres", "6175550123"},
	})
}

func TestSpanishMore(t *testing.T) {
	testRows(t, "es", []row{
		{"el cincuenta y cinco, doce treinta y cuatro, cincuenta y seis, setenta y ocho", "5512345678"},
		{"612 345 678, lo he dicho mal, es 612 345 687", "612345687"},
		{"setecientos ochenta y seis cinco cinco cinco cero uno ochenta y ocho", "7865550188"},
		{"sesenta y uno siete", "617"},
		{"ochocientos cinco cinco cinco cero uno dos tres", "8005550123"},
		{"más uno seis uno siete cinco cinco cinco cero uno dos tres", "+16175550123"},
		{"unos cuatrocientos euros", "400"},
		{"treinta y un años", "31"},
		{"seis uno siete, un momento, cinco cinco cinco cero uno dos tres", "6175550123"},
		{"cuatro mil quinientos veintitrés", "4523"},
		{"seiscientos cinco, doce, trece, catorce", "605121314"},
		{"seis cero dos cinco cinco cinco cero uno veinte y tres", "6025550123"},
		{"555 66 59 59 un saludo", "555665959"},
		{"cinco mil doscientos", "5200"},
		{"seis cientos doce", "612"},
		{"SEIS UNO SIETE", "617"},
		{"seis uno siete espere cinco cinco cinco cero uno dos tres", "6175550123"},
	})
}

func TestFrench(t *testing.T) {
	testRows(t, "fr", []row{
		{"O six douze trente-quatre cinquante-six soixante-dix-huit", "0612345678"},
		{"rappelez au o six, douze, o quatre, cinquante-six, soixante-dix-huit", "0612045678"},
		{"o la la", ""},
		{"j'ai une question et deux remarques", ""},
		{"un de mes deux enfants", ""},
		{"entre cinq et six", ""},
		{"soixante-dix-huit", "78"},
		{"soixante dix huit", "78"},
		{"quatre-vingt-douze", "92"},
		{"quatre vingt douze", "92"},
		{"quatre vingts", "80"},
		{"quatre vingt dix neuf", "99"},
		{"soixante et onze", "71"},
		{"vingt et un", "21"},
		{"vingt deux", "22"},
		{"zéro six", "06"},
		{"zéro un quatre-vingt-dix-neuf", "0199"},
		{"zéro six douze trente-quatre cinquante-six soixante-dix-huit", "0612345678"},
		{"zéro six douze trente quatre cinquante six soixante dix huit", "0612345678"},
		{"zéro un quarante-deux soixante-huit cinquante-trois zéro zéro", "0142685300"},
		{"06 12 34 56 78", "0612345678"},
		{"septante", "70"},
		{"septante-huit", "78"},
		{"nonante-neuf", "99"},
		{"huitante", "80"},
		{"zéro quatre septante-huit douze nonante-six cinquante", "0478129650"},
		{"six cent dix-sept", "617"},
		{"deux mille vingt-cinq", "2025"},
		{"mille neuf cent quatre-vingt-quatre", "1984"},
		{"plus trente-trois six douze trente-quatre cinquante-six soixante-dix-huit", "+33612345678"},
		{"zéro six, euh, douze trente-quatre, cinquante-six, soixante-dix-huit", "0612345678"},
		{"zéro six, non, zéro sept, douze trente-quatre cinquante-six soixante-dix-huit", "0712345678"},
		{"zéro six douze trente-quatre cinquante-six soixante-dix-neuf, non pardon, soixante-dix-huit", "0612345678"},
		{"cinq cinq cinq zéro un deux trois, indicatif six un sept", "6175550123"},
		{"l'indicatif c'est le zéro un et le numéro c'est quarante-deux soixante-huit cinquante-trois zéro zéro", "0142685300"},
		{"double cinq", "55"},
		{"deux fois le sept", "77"},
		{"zéro un quarante deux tiret soixante huit tiret cinquante trois zéro zéro", "0142685300"},
		{"zéro un quarante-deux soixante-huit cinquante-trois zéro zéro poste douze", "0142685300 12"},
	})
}

func TestFrenchMore(t *testing.T) {
	testRows(t, "fr", []row{
		{"zéro six trente neuf quatre vingt dix huit vingt cinq quatre vingt huit", "0639982588"},
		{"zéro quatre soixante cinq soixante et onze quarante et un quatre vingt quinze", "0465714195"},
		{"zéro un, quatre-vingt dix-neuf, zéro zéro", "019900"},
		{"06 39 98 12 34, pardon, je me trompe toujours, 43", "0639981243"},
		{"zéro quatre cent septante-huit douze trente-quatre cinquante-six", "0478123456"},
		{"plus quarante et un septante-neuf douze trente-quatre cinquante-six sept", "+41791234567"},
		{"vingt quatre-vingt-deux", "2082"},
		{"cent vingt-trois", "123"},
		{"zéro six, un instant, douze trente-quatre cinquante-six soixante-dix-huit", "0612345678"},
		{"zéro un quatre vingt dix neuf zéro zéro quarante deux dix sept", "0199004217"},
		{"sept cent quatre-vingt-six cinq cent cinquante-cinq zéro un quatre-vingt-huit", "7865550188"},
		{"il est dix-sept heures trente", "17 30"},
		{"deux cent cinq euros", "205"},
		{"mille deux cents", "1200"},
		{"zéro six, attendez, douze trente-quatre cinquante-six soixante-dix-huit", "0612345678"},
		{"06 12 34 56 78 merci", "0612345678"},
		{"ZÉRO SIX DOUZE", "0612"},
		{"zéro six douze", "0612"},
	})
}

func TestGerman(t *testing.T) {
	testRows(t, "de", []row{
		{"null eins fünf eins o zwei drei o vier", "015102304"},
		{"ich habe eine Frage und zwei Kinder", ""},
		{"eins von zwei", ""},
		{"zwischen fünf und sechs", ""},
		{"null eins fünf eins", "0151"},
		{"null eins funf eins", "0151"},
		{"null eins fuenf eins", "0151"},
		{"zwo drei null", "230"},
		{"einundzwanzig", "21"},
		{"ein und zwanzig", "21"},
		{"hundertfünfundzwanzig", "125"},
		{"einhundertfünfundzwanzig", "125"},
		{"einhundert fünfundzwanzig", "125"},
		{"dreißig", "30"},
		{"dreissig", "30"},
		{"doppel fünf", "55"},
		{"doppelfünf", "55"},
		{"doppelnull sieben", "007"},
		{"zweimal die sieben", "77"},
		{"zwei mal die sieben", "77"},
		{"neunzehnhundertvierundachtzig", "1984"},
		{"zweitausendfünfundzwanzig", "2025"},
		{"zweitausend fünfundzwanzig", "2025"},
		{"null dreißig, zwölf vierunddreißig sechsundfünfzig", "030123456"},
		{"plus neunundvierzig dreißig zwölf vierunddreißig sechsundfünfzig achtundsiebzig", "+493012345678"},
		{"null eins fünf eins, äh, zwölf vierunddreißig fünf sechs sieben acht", "015112345678"},
		{"null eins fünf eins, nein, null eins fünf zwo, zwölf vierunddreißig fünf sechs sieben acht", "015212345678"},
		{"zwölf vierunddreißig fünf sechs, Vorwahl null drei null", "030123456"},
		{"Vorwahl null drei null, die Nummer ist zwölf vierunddreißig fünf sechs", "030123456"},
		{"null drei null zwölf vierunddreißig fünf sechs Durchwahl siebzehn", "030123456 17"},
		{"null drei null Strich zwölf vierunddreißig fünf sechs", "030123456"},
		{"drei Nullen sieben", "0007"},
		{"+49 (0)30 123456", "+49030123456"},
		{"null eins fünf eins ich fang noch mal an null eins fünf zwo eins zwo drei vier fünf sechs sieben", "01521234567"},
	})
}

// TestLongTexts reads what would take for ever if each place looked at all the
// others.
func TestLongTexts(t *testing.T) {
	for _, unit := range []string{"1 ", "12, ", "five ", "five no ", "to ", "one two to and ", "area code 1 ", "plus 1 ", "cien mil ", "1. ", "double ", "ten no let me start over "} {
		Find(strings.Repeat(unit, 5_000), "")
	}
	Find(strings.Repeat("1", 200_000)+" no "+strings.Repeat("2", 200_000), "en")
}

func TestGermanMore(t *testing.T) {
	testRows(t, "de", []row{
		{"null hunderteinundfünfzig zwölf vierunddreißig fünf sechs", "0151123456"},
		{"null vierzig sechs sechs neun sechs neun zwei acht vier", "04066969284"},
		{"eintausendzweihundertvierunddreißig", "1234"},
		{"0171 3920012, das verwechsle ich immer, zwei eins", "01713920021"},
		{"dreitausend", "3000"},
		{"null eins fünf eins, ein Moment, zwölf vierunddreißig fünf sechs sieben acht", "015112345678"},
		{"hundertundeins", "101"},
		{"zwei hundert", "200"},
		{"drei-und-zwanzig", "23"},
		{"null null vier neun drei null zwölf vierunddreißig fünf sechs", "004930123456"},
		{"null drei null moment zwölf vierunddreißig fünf sechs", "030123456"},
		{"die Nummer 069/9000 9355", "06990009355"},
		{"läuft ab 09/29 die drei Ziffern hinten", "0929"},
		{"plus vier neun, eins fünf eins, zwölf, vierunddreißig, sechsundfünfzig, sieben", "+491511234567"},
	})
}

func TestOtherReadings(t *testing.T) {
	tests := []struct {
		text, lang string
		want       []string // the likeliest first
	}{
		{"it was $1,200.50", "en", []string{"120050", "1200"}},
		{"das macht 1.200,50 Euro", "de", []string{"120050", "1200"}},
		{"12.50", "en", []string{"1250", "12"}},
		{"617.555.01", "en", []string{"61755501"}},
		{"+49 (0)30 123456", "de", []string{"49030123456", "4930123456"}},
		{"+39 06 1234567", "en", []string{"39061234567"}},
		{"617 555 0123 12345", "en", []string{"617555012312345", "6175550123"}},
		{"fifty five", "en", []string{"55"}},
		{"vingt quatre vingt deux", "fr", []string{"2082", "2422"}},
		{"seiscientos cinco cinco cinco", "es", []string{"600555", "60555"}},
	}
	for _, tt := range tests {
		runs := Find(tt.text, tt.lang)
		if len(runs) != 1 {
			t.Errorf("Find(%q) = %v", tt.text, runs)
			continue
		}
		if diff := cmp.Diff(tt.want, append([]string{runs[0].Digits}, runs[0].Alts...)); diff != "" {
			t.Errorf("Find(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestSpans(t *testing.T) {
	tests := []struct {
		text, lang string
		want       []string
	}{
		{"at six one seven um five five five, oh one please", "en", []string{"six one seven", "five five five, oh one"}},
		{"six one seven, no, six one eight, 555 0123", "en", []string{"six one eight, 555 0123"}},
		{"555 0123, area code 617", "en", []string{"555 0123", "617"}},
		{"6175550124, sorry, 0123", "en", []string{"617555", "0123"}},
		{"six one seven\n555 0123", "en", []string{"six one seven", "555 0123"}},
		{"treinta y cuatro", "es", []string{"treinta y cuatro"}},
		{"c'est zéro six, douze", "fr", []string{"zéro six, douze"}},
		{"zweimal die sieben fünf", "de", []string{"zweimal die sieben fünf"}},
		{"at 5pm", "en", []string{"5"}},
	}
	for _, tt := range tests {
		runs := Find(tt.text, tt.lang)
		if len(runs) != 1 {
			t.Errorf("Find(%q) = %v", tt.text, runs)
			continue
		}
		var got []string
		for _, s := range runs[0].Spans {
			got = append(got, tt.text[s.Start:s.End])
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Find(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestLanguages(t *testing.T) {
	tests := []struct{ name, text, lang, want string }{
		{"Spanish digits in an English message", "seis uno siete cinco cinco cinco cero uno dos tres", "en", "es 6175550123"},
		{"a few words of another language", "at once, six dos", "en", ""},
		{"both in one message", "call six one seven five five five oh one two three y también al seis uno dos cinco cinco cinco", "es", "en 6175550123 es 612555"},
		{"not one of the four", "null eins fünf eins zwei drei", "it", "de 015123"},
		{"a code with a region", "once", "es-MX", "es 11"},
		{"a code in capitals", "once", "ES", "es 11"},
		{"written alone", "617 555 0123", "fr", "fr 6175550123"},
		{"written alone, not known", "617 555 0123", "", "en 6175550123"},
		{"words of two languages", "six dix", "", "fr 610"},
		{"eleven in Spanish only", "once", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, r := range Find(tt.text, tt.lang) {
				got = append(got, r.Lang, r.Digits)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("Find(%q, %q) = %q, want %q", tt.text, tt.lang, s, tt.want)
			}
		})
	}
}

// TestPlainTextCostsNothing keeps the reader cheap for what most segments are.
func TestPlainTextCostsNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { Find(plain, "en") }); n > 0 {
		t.Errorf("%v allocations for a text without numbers", n)
	}
}

func TestSaid(t *testing.T) {
	tests := []struct {
		words string
		want  string
	}{
		{"five five five", "555"},
		{"triple five", "555"},
		{"nine hundred", "900"},
		{"five five five oh one two three", "5550123"},
		{"seis cero dos", "602"},
		{"soixante dix huit douze", "7812"},
		{"null eins funf eins", "0151"},
		{"null eins fuenf eins", "0151"},
		{"twenty five", ""},
		{"one", ""},
		{"hundertfunfundzwanzig", ""},
		{"one of two three", ""},
		{"refund two three four", ""},
		{"617 five five five", "617555"},
		{"five five five oh one two three five five five oh one two three", "55501235550123"},
		{"fifty five and five", ""},
		{"um five five five", ""},
		{"zero six soixante dix huit", "0678"},
		{"", ""},
	}
	for _, tt := range tests {
		digits, ok := Said(strings.Fields(tt.words))
		if digits != tt.want || ok != (tt.want != "") {
			t.Errorf("Said(%q) = %q, %v, want %q", tt.words, digits, ok, tt.want)
		}
	}
}
