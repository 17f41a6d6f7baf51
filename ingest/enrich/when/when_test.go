package when_test

import (
	"strings"
	"testing"
	"testing/quick"
	"time"
	"unicode/utf8"

	"afterbeep/ingest/enrich/when"
)

// readings are texts, the words for a time in them, and the day and hour of March
// 2026 that it comes to.
var readings = []struct{ lang, text, words, due string }{
	{"en", "call me after three", "after three", "12 15:00"},
	{"en", "call me after eight", "after eight", "12 20:00"},
	{"en", "call me after 10", "after 10", "13 10:00"},
	{"en", "please ring before five six one seven five five five oh one eight eight", "before five", "12 17:00"},
	{"en", "you can reach me between two and four tomorrow", "between two and four tomorrow", "13 14:00"},
	{"en", "give me a call at half past two", "at half past two", "12 14:30"},
	{"en", "give me a call at quarter to nine in the evening", "at quarter to nine in the evening", "12 20:45"},
	{"en", "call me back by noon", "by noon", "12 12:00"},
	{"en", "call me at 4:15pm please", "at 4:15pm", "12 16:15"},
	{"en", "could you call me on Thursday", "on Thursday", "19 08:00"},
	{"en", "call me Friday afternoon", "Friday afternoon", "13 13:00"},
	{"en", "please phone me next week", "next week", "16 08:00"},
	{"en", "call me next week Tuesday", "next week Tuesday", "17 08:00"},
	{"en", "call me by Friday", "by Friday", "13 17:00"},
	{"en", "call me in two hours", "in two hours", "12 12:30"},
	{"en", "call me in an hour", "in an hour", "12 11:30"},
	{"en", "call me the day after tomorrow after 6", "the day after tomorrow after 6", "14 18:00"},
	{"en", "call me back this morning", "this morning", "12 10:30"},
	{"en", "call me before the end of the day", "before the end of the day", "12 17:00"},
	{"en", "please call me on March 20th", "on March 20th", "20 08:00"},
	{"en", "call me on the 16th of March at nine", "on the 16th of March at nine", "16 09:00"},
	{"en", "I called you yesterday after three", "", ""},
	{"en", "I have been waiting for three hours please call me", "", ""},
	{"en", "call me at six one seven five five five oh one two three", "", ""},
	{"en", "you promised to call me on Friday last week", "", ""},
	{"en", "it's about my appointment on Monday call me", "", ""},
	{"en", "Good morning, call me please. Good afternoon.", "", ""},
	{"en", "since Monday nobody has called me", "", ""},
	{"en", "the bill went up by nine hundred pounds call me", "", ""},

	{"es", "llámeme en la tarde", "en la tarde", "12 13:00"},
	{"es", "llámeme mañana por la mañana después de las nueve y media", "mañana por la mañana después de las nueve y media", "13 09:30"},
	{"es", "me puede marcar a las cuatro menos cuarto", "a las cuatro menos cuarto", "12 15:45"},
	{"es", "llámeme antes del mediodía", "antes del mediodía", "12 12:00"},
	{"es", "llámame el lunes que viene", "el lunes", "16 08:00"},
	{"es", "llámenme pasado mañana a partir de las 16:30", "pasado mañana a partir de las 16:30", "14 16:30"},
	{"es", "llámeme el dieciocho de marzo", "el dieciocho de marzo", "18 08:00"},
	{"es", "me llamaron ayer por la tarde", "", ""},
	{"es", "espero su llamada el viernes entre diez y doce", "el viernes entre diez y doce", "13 10:00"},
	{"es", "llámeme el miércoles entre las diez y las once", "el miércoles entre las diez y las once", "18 10:00"},
	{"es", "no tenemos luz desde las cuatro llámeme", "", ""},
	{"es", "llámeme desde las cuatro hasta las seis", "desde las cuatro hasta las seis", "12 16:00"},
	{"es", "estoy disponible desde las cuatro", "desde las cuatro", "12 16:00"},
	{"es", "espero desde las nueve que venga alguien llámeme", "", ""},
	{"es", "llámeme mañana a las cuatro y media", "mañana a las cuatro y media", "13 16:30"},
	{"es", "llámeme antes de mañana a mediodía", "antes de mañana a mediodía", "13 12:00"},
	{"en", "please call me back by the end of the week", "by the end of the week", "13 17:00"},
	{"en", "call me sometime this week please", "sometime this week", "13 17:00"},
	{"en", "is there any chance somebody could get in touch before the weekend about the venue", "before the weekend", "13 17:00"},
	{"en", "please call me after the weekend", "after the weekend", "16 08:00"},
	{"en", "i called twice this week please call me back", "", ""},
	{"en", "i have rung three times this week about the gutter", "", ""},
	{"en", "i'm at a different number this week so try me there", "", ""},
	{"en", "i called over the weekend please call me back", "", ""},
	{"de", "rufen Sie mich bitte noch diese Woche zurück", "noch diese Woche", "13 17:00"},
	{"de", "lassen Sie von sich hören, diese Woche noch wenn's geht", "diese Woche noch", "13 17:00"},
	{"de", "rufen Sie mich noch vor dem Wochenende zurück", "noch vor dem Wochenende", "13 17:00"},
	{"de", "rufen Sie mich bis Ende der Woche zurück", "bis Ende der Woche", "13 17:00"},
	{"es", "llámeme esta semana por favor", "esta semana", "13 17:00"},
	{"es", "llámeme antes del fin de semana", "antes del fin de semana", "13 17:00"},
	{"fr", "rappelez-moi cette semaine", "cette semaine", "13 17:00"},
	{"fr", "rappelez-moi avant le week-end", "avant le week-end", "13 17:00"},
	{"fr", "rappelez-moi d'ici la fin de la semaine", "d'ici la fin de la semaine", "13 17:00"},
	{"de", "ich warte auf Ihren Anruf, wie am Montag versprochen", "", ""},
	{"en", "buzz me about the bus for Friday", "", ""},
	{"es", "devuélvanme la llamada, que el plazo acaba el viernes", "", ""},
	{"es", "estoy en casa toda la mañana, llámenme", "", ""},
	{"es", "somos entre diez y doce personas llámeme", "", ""},
	{"es", "mi número está entre uno y dos cuatro seis llámeme", "", ""},
	{"es", "estoy sin luz desde el martes llámeme", "", ""},
	{"es", "el aviso de corte dice el 18 de abril necesito que una persona me llame hoy", "hoy", "12 10:30"},
	{"es", "Avíseme el jueves.", "el jueves", "19 08:00"},
	{"es", "tengo tres hijos llámeme", "", ""},

	{"fr", "rappelez-moi après dix-sept heures", "après dix-sept heures", "12 17:00"},
	{"fr", "rappelez-moi avant 17h30", "avant 17h30", "12 17:30"},
	{"fr", "vous pouvez m'appeler demain en fin de journée", "demain en fin de journée", "13 17:00"},
	{"fr", "rappelez-moi d'ici vendredi", "d'ici vendredi", "13 17:00"},
	{"fr", "rappelez-moi lundi à neuf heures et demie", "lundi à neuf heures et demie", "16 09:30"},
	{"fr", "rappelez-moi la semaine prochaine", "la semaine prochaine", "16 08:00"},
	{"fr", "rappelez-moi dans une heure", "dans une heure", "12 11:30"},
	{"fr", "rappelez-moi cet après-midi ou demain", "cet après-midi ou demain", "12 13:00"},
	{"fr", "rappelez-moi cet après-midi ou ce soir", "cet après-midi ou ce soir", "12 13:00"},
	{"fr", "appelez-moi avant ce soir", "avant ce soir", "12 18:00"},
	{"fr", "appelez-moi jeudi entre neuf et onze", "jeudi entre neuf et onze", "19 09:00"},
	{"fr", "nous sommes entre neuf et onze personnes rappelez-moi", "", ""},
	{"fr", "j'ai appelé hier après quinze heures", "", ""},
	{"fr", "j'attends depuis trois heures rappelez-moi", "", ""},
	{"fr", "c'est pour le rendez-vous de lundi rappelez-moi", "", ""},

	{"de", "rufen Sie mich nach 17 Uhr an", "nach 17 Uhr", "12 17:00"},
	{"de", "rufen Sie mich bis Mittag an", "bis Mittag", "12 12:00"},
	{"de", "ich bin heute bis mittag erreichbar", "heute bis mittag", "12 12:00"},
	{"fr", "appelez-la plutôt chez elle au magasin, moi je suis au travail. Demain matin serait préférable.", "Demain matin", "13 08:00"},
	{"de", "rufen Sie mich heute Abend zurück", "heute Abend", "12 18:00"},
	{"de", "rufen Sie mich Montag morgen an", "Montag morgen", "16 08:00"},
	{"de", "rufen Sie mich Montagvormittag an", "Montagvormittag", "16 08:00"},
	{"de", "am montagnachmittag können sie mich anrufen", "am montagnachmittag", "16 13:00"},
	{"de", "rufen Sie um Viertel vor drei an", "um Viertel vor drei", "12 14:45"},
	{"de", "ich bin zwischen neun und zwölf erreichbar", "zwischen neun und zwölf", "12 10:30"},
	{"de", "ich bin zwischen neun und zehn erreichbar", "zwischen neun und zehn", "13 09:00"},
	{"de", "bitte bis morgen Mittag zurückrufen", "bis morgen Mittag", "13 14:00"},
	{"de", "melden Sie sich nächste Woche", "nächste Woche", "16 08:00"},
	{"de", "rufen Sie am achtzehnten März an", "am achtzehnten März", "18 08:00"},
	{"de", "Rückmeldung bitte heute noch", "heute noch", "12 10:30"},
	{"de", "könnt ihr euch bis morgen Mittag rühren", "bis morgen Mittag", "13 14:00"},
	{"de", "ich habe vor drei Wochen angerufen", "", ""},
	{"de", "seit Montag geht nichts rufen Sie mich an", "", ""},
	{"de", "guten Morgen rufen Sie mich bitte an", "", ""},

	{"it", "mi chiami dopo le tre", "", ""},
	{"", "call me after three", "", ""},
}

// TestRead has the time of a Thursday, 12 March 2026, half past ten in Berlin.
func TestRead(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	left := time.Date(2026, 3, 12, 10, 30, 0, 0, zone)
	for _, tt := range readings {
		got := when.Read(tt.text, tt.lang, left)
		var words []string
		for _, w := range got.Words {
			words = append(words, tt.text[w.Start:w.End])
		}
		due := ""
		if !got.Due.IsZero() {
			due = got.Due.Format("2 15:04")
		}
		if said := strings.Join(words, "|"); said != tt.words || due != tt.due {
			t.Errorf("%s: %q: got %q %s, want %q %s", tt.lang, tt.text, said, due, tt.words, tt.due)
		}
	}
}

func TestWithoutATime(t *testing.T) {
	if got := when.Read("call me after three", "en", time.Time{}); len(got.Words) != 1 || !got.Due.IsZero() {
		t.Errorf("got %+v, want the words and no due time", got)
	}
}

// TestNeverBeforeItWasLeft holds what Due promises, whatever the day and hour.
func TestNeverBeforeItWasLeft(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"call me after three", "call me before five", "call me this morning", "call me on Monday", "call me tonight", "call me today", "call me tomorrow by noon", "call me on March 3rd"}
	err = quick.Check(func(minutes uint32, n uint8) bool {
		left := time.Unix(1_500_000_000+int64(minutes%20_000_000)*60, 0).In(zone)
		text := texts[int(n)%len(texts)]
		got := when.Read(text, "en", left).Due
		if !got.IsZero() && (got.Before(left) || got.Sub(left) > 62*24*time.Hour) {
			t.Errorf("%q left %v: due %v", text, left, got)
		}
		return true
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"call me after three", "mañana a las 4 menos cuarto", "avant dix-sept heures trente", "viertel vor drei am 20. märz", "half past"} {
		f.Add(text, uint8(0), int64(1_700_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, lang uint8, at int64) {
		langs := []string{"en", "es", "fr", "de", "it", ""}
		left := time.Unix(at%4_000_000_000, 0).UTC()
		got := when.Read(text, langs[int(lang)%len(langs)], left)
		if !got.Due.IsZero() && got.Due.Before(left.Truncate(time.Minute)) {
			t.Errorf("due %v, left %v", got.Due, left)
		}
		end := 0
		for _, w := range got.Words {
			if w.Start < end || w.End <= w.Start || w.End > len(text) || utf8.ValidString(text) && !utf8.ValidString(text[w.Start:w.End]) {
				t.Fatalf("words %v of %d bytes", got.Words, len(text))
			}
			end = w.End
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := "hi this is Walt Jankowski um I was calling about the snow blower you have got back there for repair I work days so could you call me back tomorrow afternoon after three at three one two five five five oh one eight eight thanks"
	left := time.Date(2026, 3, 12, 10, 30, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		when.Read(text, "en", left)
	}
}
