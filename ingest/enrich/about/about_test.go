package about_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"afterbeep/ingest/enrich/about"
	"afterbeep/ingest/enrich/numbers"

	"github.com/google/go-cmp/cmp"
)

func TestName(t *testing.T) {
	for _, tt := range []struct{ lang, text, want string }{
		{"en", "hi this is marjorie kessler um i got a letter", "Marjorie Kessler"},
		{"en", "Good morning. This is Alan Whitworth from Whitworth and Sons.", "Alan Whitworth"},
		{"en", "hello my name is um dolores jean price and i'm calling about my bill", "Dolores Jean Price"},
		{"en", "Hi, Bronwyn here, I've emailed the form through.", "Bronwyn"},
		{"en", "it's neil call me back after three", "Neil"},
		{"en", "This is Mr. Okafor calling about my bill.", "Mr. Okafor"},
		{"en", "This is Dr. Ann Bennett. Please call me.", "Dr. Ann Bennett"},
		{"en", "Could one of the girls explain this to me again. Mrs. Lindgren.", "Mrs. Lindgren"},
		{"fr", "Ici M. Lefort, rappelez-moi.", "M. Lefort"},
		{"de", "Hier ist Dr. Petra Weiss, bitte um Rückruf.", "Dr. Petra Weiss"},
		{"es", "Soy el Sr. Gil. Llámenme.", "Sr. Gil"},
		{"en", "Good morning, Dr. Bennett's patient Walter Osgood, O S G O O D. Could somebody ring me?", "Walter Osgood"},
		{"en", "Do you still do alterations? It's a dress. Jackie, 202 555 0118.", "Jackie"},
		{"de", "Meins bremst nicht mehr. Jannik, 0171 3920012.", "Jannik"},
		{"fr", "Je suis en réunion toute la journée. Damien.", "Damien"},
		{"de", "Danke für Ihre Hilfe. Rechnung, 4711.", ""},
		{"de", "Ich bin zu erreichen, fragen Sie nach Claasen.", "Claasen"},
		{"en", "Try the shop and ask for Gonzalo.", "Gonzalo"},
		{"es", "Llamen al taller, pregunten por Gonzalo.", "Gonzalo"},
		{"fr", "Appelez la boutique, demandez Corinne.", "Corinne"},
		{"en", "i need to ask for a refund", ""},
		{"fr", "bon c'est fermé je retenterai ma chance demain", ""},
		{"es", "soy pilar salgo del trabajo a las tres", "Pilar"},
		{"en", "Please call me at 617-555-0191. Hazel Beaumont. The estimate came to 8,450 dollars.", "Hazel Beaumont"},
		{"en", "my name is s m i t h", "Smith"},
		{"en", "Good morning. Yolanda King, that's K I N G. There's no hot water.", "Yolanda King"},
		{"en", "Good morning. Yolanda King that's K I N G. There's no hot water.", "Yolanda King"},
		{"en", "uh hi siobhan wood that's w o o d we moved in june", "Siobhan Wood"},
		{"en", "it is about my new wood that's w o o d call me", "Wood"},
		{"en", "yes hello michael jones that's j o n e s anyway that's neither here nor there i don't use the computer", "Michael Jones"},
		{"en", "yes hello michael jones that's j o n e s i don't use the computer", "Michael Jones"},
		{"en", "hello that's neither here nor there the garage is damaged", ""},
		{"en", "Hello, this is Christine Christine Turner. The site keeps logging me out.", "Christine Turner"},
		{"en", "Hi, my name is Darnell, Darnell Haddad. I'd like to add a child.", "Darnell Haddad"},
		{"de", "Guten Tag, hier ist Keller, Petra Keller, bitte um Rückruf.", "Petra Keller"},
		{"de", "Der Termin war am 26. November. Bitte rufen Sie mich zurück.", ""},
		{"de", "Ja hallo, Verzeihung, ich wollte nur fragen, wann jemand kommt.", ""},
		{"en", "this is Doctor Sanchez calling about a patient", "Doctor Sanchez"},
		{"en", "it's Mrs Auchterlonie about the damp", "Mrs Auchterlonie"},
		{"en", "this is about my order, this is urgent, i'm calling again", ""},
		{"en", "stop calling me", ""},
		{"en", "this is not Peter, you have the wrong number", ""},
		{"en", "i'm so tired of this", ""},
		{"en", "my name is 12345", ""},
		{"es", "hola soy quique llámame después de las tres", "Quique"},
		{"es", "Buenos días, le habla Consuelo Rangel de la Torre, por lo de la póliza.", "Consuelo Rangel de la Torre"},
		{"es", "me llamo montserrat y llamo por la factura", "Montserrat"},
		{"es", "soy cliente de ustedes y no soy Norma", ""},
		{"fr", "Bonjour, ici Estelle Morin. Je souhaiterais être recontactée.", "Estelle Morin"},
		{"fr", "bonjour c'est madame nicolet pour la facture", "Madame Nicolet"},
		{"fr", "Bonjour, monsieur Schaller, rappelez-moi demain.", "monsieur Schaller"},
		{"fr", "je m'appelle karim haddad", "Karim Haddad"},
		{"fr", "Karim Haddad à l'appareil, rappelez-moi.", "Karim Haddad"},
		{"fr", "c'est bon laissez-moi tranquille", ""},
		{"de", "hallo hier ist die frau kowalski aus bochum", "Frau Kowalski"},
		{"de", "Guten Tag, mein Name ist Oliver Brandt. Ich habe eine Frage.", "Oliver Brandt"},
		{"de", "Guten Abend, hier spricht Karin Vogt, Vogt buchstabiert V O G T. Ich warte.", "Karin Vogt"},
		{"de", "guten abend hier spricht karin vogt vogt buchstabiert v o g t ich warte", "Karin Vogt"},
		{"es", "me llamo rosa gómez gómez y llamo por la factura", "Rosa Gómez Gómez"},
		{"en", "hi this is vincent van dyke i got a letter", "Vincent van Dyke"},
		{"en", "this is bridget holm spelled h o l m i want to switch", "Bridget Holm"},
		{"fr", "je m'appelle anne-lise moret", "Anne-Lise Moret"},
		{"de", "Hallo, Nora hier. Antworten Sie mir bitte.", "Nora"},
		{"de", "Guten Tag, Merle Thomsen. Ich bitte um Rückruf.", "Merle Thomsen"},
		{"de", "ich bin noch in der türkei", ""},
		{"de", "hier ist nämlich das fax", ""},
		{"de", "guten tag petra hoffmann ich hätte gern einen termin", "Petra Hoffmann"},
		{"de", "petra hoffmann aus der lindenstraße wegen der heizung", "Petra Hoffmann"},
		{"en", "hello gary blackwood calling about the fence", "Gary Blackwood"},
		{"en", "the fence blew over again so call me thanks gary blackwood", "Gary Blackwood"},
		{"fr", "bonjour nathalie perrin je voudrais un rendez-vous", "Nathalie Perrin"},
		{"es", "buenos días carmen iglesias quería anular la cita", "Carmen Iglesias"},
		{"de", "da war ich in der dusche thielemann ist mein name", "Thielemann"},
		{"en", "i was in the shower petra thielemann is my name", "Petra Thielemann"},
		{"en", "hi gary please ring me about the fence", ""},
		{"en", "i spoke to gary blackwood about the fence on monday", ""},
		{"", "Ciao, Luca Rossi, per la bolletta.", "Luca Rossi"},
	} {
		if got := about.Read(tt.text, tt.lang, about.Options{}); got.Name != tt.want {
			t.Errorf("%s: %q: got %q, want %q", tt.lang, tt.text, got.Name, tt.want)
		}
	}
}

func TestMatters(t *testing.T) {
	for _, tt := range []struct{ lang, text, asks, numbers, want string }{
		{"en", "hi this is marjorie kessler um the windshield claim letter makes no sense to me please call me back thank you", "call me back", "", "the windshield claim letter makes no sense to me"},
		{"en", "Good morning. I'd like to speak with somebody about switching my prescriptions. My name's Anneliese Voss. I'll keep my phone on.", "", "", "I'd like to speak with somebody about switching my prescriptions"},
		{"en", "my account number is 44719022 regarding the burst pipe in the cellar call me", "call me", "44719022", "regarding the burst pipe in the cellar"},
		{"es", "hola buenas soy rocío llevo con el techo abierto desde el lunes por favor llámenme", "llámenme", "", "llevo con el techo abierto desde el lunes"},
		{"fr", "bonjour ici karim la chaudière coule toujours rappelez-moi merci", "rappelez-moi", "", "chaudière coule toujours"},
		{"de", "guten tag hier ist dirk es geht um den einbruch im keller bitte rufen sie mich an", "rufen sie mich an", "", "geht um den einbruch im keller"},
		{"en", "Hello, it's Mei Green, last name spelled G R E E N. Please call me back.", "Please call me back", "", ""},
		{"en", "Um hello, it's Wei Brooks from Orchard Drive. Does the trip to Dayton include the ferry? If you could call me that would be a big help. Please, I work nights.", "If you could call me", "", "Does the trip to Dayton include the ferry"},
		{"en", "so i couldn't look it up online hang on where did i put it okay we had a branch come down on the garage", "", "", "we had a branch come down on the garage"},
		{"en", "I was charged $632.75 for a seat I'd already paid for. Please call.", "", "$632.75", "I was charged $632.75 for a seat I'd already paid for"},
		{"en", "I'd like to cancel order 31508 before it ships, so please call me.", "please call me", "31508", "I'd like to cancel order"},
		{"de", "Ich möchte wissen, was vom Kredit 81889505 noch offen ist. Danke.", "", "81889505", "Ich möchte wissen, was vom Kredit 81889505 noch offen ist"},
		{"en", "I lost my debit card on the bus, please block it. Thanks.", "", "", "I lost my debit card on the bus, please block it"},
		{"en", "The rack is too heavy, my number is 5550123. Thanks.", "", "5550123", "The rack is too heavy"},
		{"en", "Sorry, one second, okay, I'm calling for my blood work results from Monday. Thanks.", "", "", "I'm calling for my blood work results from Monday"},
		{"en", "how do i put this it was terrible with the surgery and everything there's no hot water in the house since sunday i wrote it all down on the back of an envelope i have a home office", "", "", "everything there's no hot water in the house since sunday i wrote it all down on the back of an envelope"},
		{"en", "the woman from the garage rang about the grey car with the dent that somebody put in the door last week", "", "", "woman from the garage rang about the grey car with the dent that somebody put in the door last week"},
		{"de", "ja moment mal wo hab ich's denn der keller steht unter wasser", "", "", "keller steht unter wasser"},
		{"fr", "oui attendez deux secondes la chaudière coule toujours", "", "", "chaudière coule toujours"},
		{"es", "a ver espere un momento llevo con el techo abierto desde el lunes", "", "", "llevo con el techo abierto desde el lunes"},
		{"en", "hello hello thank you bye", "", "", ""},
		{"en", "call me", "call me", "", ""},
		{"en", "", "", "", ""},
	} {
		var o about.Options
		spanOf := func(part string) []numbers.Span {
			if part == "" {
				return nil
			}
			at := strings.Index(tt.text, part)
			return []numbers.Span{{Start: at, End: at + len(part)}}
		}
		o.Asks, o.Numbers = spanOf(tt.asks), spanOf(tt.numbers)
		got := about.Read(tt.text, tt.lang, o).Matters
		if said := tt.text[got.Start:got.End]; !strings.Contains(said, tt.want) || tt.want == "" && said != "" || len(said) > len(tt.want)+25 {
			t.Errorf("%s: %q: got %q, want %q", tt.lang, tt.text, said, tt.want)
		}
	}
}

// TestReason holds that the reason for the call is read, not what stands around it.
func TestReason(t *testing.T) {
	for _, tt := range []struct{ lang, text, asks, want string }{
		{"en", "Hi, Tom Barker here. Sorry about the noise, I'm on the train. The dishwasher you sold us won't start. I get off work at four.", "", "The dishwasher you sold us won't start"},
		{"en", "good morning to you i'm calling about the pension letter", "", "i'm calling about the pension letter"},
		{"en", "My new bus pass never came in the mail. I need that money for the rent on the first.", "", "My new bus pass never came in the mail"},
		{"en", "i've been a customer for nine years and the shower is leaking into the hall", "", "the shower is leaking into the hall"},
		{"en", "The meter is stuck. Would you ring me?", "stuck. Would you ring me", "The meter is stuck"},
		{"en", "I need to know when the vet comes.", "need to know", "I need to know when the vet comes"},
		{"en", "call me it's about the little one's inhaler we got told two things by two nurses", "call me it's about", "it's about the little one's inhaler we got told two things by two nurses"},
		{"en", "Hello, my\nluggage for Saturday got lost.", "", "my\nluggage for Saturday got lost"},
		{"es", "Disculpen, otra vez Juan. Se me olvidó decirles. La lavadora no funciona desde ayer.", "", "La lavadora no funciona desde ayer"},
		{"es", "buenas soy pilar y salgo del trabajo a las tres es por lo de la multa del coche", "", "es por lo de la multa del coche"},
		{"es", "Quería darle las gracias a Marta, que fue muy amable. Y otra cosa, el paquete no ha llegado.", "", "el paquete no ha llegado"},
		{"es", "Llamo de parte de mi suegra. Le cobraron dos veces la luz.", "", "Le cobraron dos veces la luz"},
		{"fr", "Excusez le bruit, je suis au travail, vous m'avez livré la mauvaise table.", "", "vous m'avez livré la mauvaise table"},
		{"fr", "Bonjour messieurs dames, c'est un message pour Léa. Mon train de lundi a été annulé.", "", "Mon train de lundi a été annulé"},
		{"fr", "D'habitude c'est mon fils qui s'en occupe. Je voudrais résilier l'abonnement.", "", "Je voudrais résilier l'abonnement"},
		{"de", "Guten Tag, Jürgen Neumann, Gartenstraße 865 in Kassel. Mein Paket ist nicht angekommen.", "", "Mein Paket ist nicht angekommen"},
		{"de", "ich sollte zurückrufen es geht um die rechnung vom mai", "", "es geht um die rechnung vom mai"},
		{"de", "Können Sie mich bitte wegen der Motorradversicherung anrufen? Danke.", "Können Sie mich bitte wegen der Motorradversicherung anrufen", "wegen der Motorradversicherung"},
		{"de", "rufen sie mich wegen der rechnung vom mai zurück", "rufen sie mich wegen der rechnung vom mai zurück", "wegen der rechnung vom mai"},
		{"de", "Noch mal Gisela Fischer. Die Waschmaschine ist kaputt. Am Donnerstag passt es gut.", "", "Die Waschmaschine ist kaputt"},
		{"it", "Ciao. La lavatrice non funziona.", "", "La lavatrice non funziona"},
	} {
		var o about.Options
		if at := strings.Index(tt.text, tt.asks); tt.asks != "" {
			o.Asks = []numbers.Span{{Start: at, End: at + len(tt.asks)}}
		}
		got := about.Read(tt.text, tt.lang, o).Matters
		if said := tt.text[got.Start:got.End]; said != tt.want {
			t.Errorf("%s: %q: got %q, want %q", tt.lang, tt.text, said, tt.want)
		}
	}
}

// TestTimesAreBesideTheMatter holds that when to call is not what a call is about.
func TestTimesAreBesideTheMatter(t *testing.T) {
	text := "Tengo clases hasta las tres y pico en el instituto. La tarta del bautizo."
	times := []numbers.Span{{Start: strings.Index(text, "hasta"), End: strings.Index(text, " en el")}}
	got := about.Read(text, "es", about.Options{Times: times}).Matters
	if said := text[got.Start:got.End]; said != "La tarta del bautizo" {
		t.Errorf("got %q", said)
	}
}

func TestUrgency(t *testing.T) {
	const (
		urgent, emergency, outage, several, before = "says it is urgent", "says it is an emergency", "has no heating, power or water", "has called several times", "has called before"
		danger                                     = "speaks of danger at home"
	)
	for _, tt := range []struct {
		lang, text string
		level      int
		reasons    []string
	}{
		{"en", "please call me about my order", 0, nil},
		{"en", "it's urgent please call me", 1, []string{urgent}},
		{"en", "call me it's not urgent", 0, nil},
		{"en", "somebody rang me at lunch the message was cut off after two words", 0, nil},
		{"en", "sorry we got disconnected just now", 0, nil},
		{"en", "i'm moving out on february 18 and need the service shut off", 0, nil},
		{"en", "i need to know why my service was shut off", 1, []string{"is losing money or a card"}},
		{"en", "my service will be cut off on friday", 1, []string{"is losing money or a card"}},
		{"en", "no rush but call me as soon as you can", 0, nil},
		{"en", "this is the third time i have called and nobody called me back", 1, []string{several}},
		{"en", "i've left a message already", 1, []string{before}},
		{"en", "we have no heating and a newborn", 2, []string{outage, "a child, an old or a sick person is affected"}},
		{"en", "no heat since yesterday it is urgent", 2, []string{urgent, outage}},
		{"en", "i can smell gas in the hall", 2, []string{"speaks of danger at home"}},
		{"en", "there is gas leaking in my kitchen", 2, []string{danger}},
		{"en", "the whole house smells of gas", 2, []string{danger}},
		{"en", "my carbon monoxide alarm keeps going off", 2, []string{danger}},
		{"en", "there's water coming through the ceiling", 2, []string{danger}},
		{"en", "it is dripping through the ceiling again", 2, []string{danger}},
		{"en", "I'd like to change my gas supplier", 0, nil},
		{"es", "huelo a gas en la cocina", 2, []string{danger}},
		{"es", "se escapa el gas de la estufa", 2, []string{danger}},
		{"es", "saltó la alarma de monóxido de carbono", 2, []string{danger}},
		{"es", "está entrando agua por el techo", 2, []string{danger}},
		{"fr", "je sens le gaz dans l'escalier", 2, []string{danger}},
		{"fr", "il y a du gaz qui fuit chez moi", 2, []string{danger}},
		{"fr", "le détecteur de monoxyde de carbone sonne", 2, []string{danger}},
		{"fr", "de l'eau passe par le plafond", 2, []string{danger}},
		{"de", "hier riecht es nach Gas", 2, []string{danger}},
		{"de", "bei uns tritt Gas aus", 2, []string{danger}},
		{"de", "der Melder für Kohlenmonoxid piept", 2, []string{danger}},
		{"de", "bei mir kommt Wasser durch die Decke", 2, []string{danger}},
		{"en", "it's an emergency", 2, []string{emergency}},
		{"en", "this isn't an emergency", 0, nil},
		{"en", "there is no pain at all", 0, nil},
		{"en", "the money leaves tonight it's for my rent and someone has used my card", 1, []string{"is losing money or a card"}},
		{"es", "es urgente llámeme", 1, []string{urgent}},
		{"es", "no es urgente llámeme cuando pueda", 0, nil},
		{"es", "estamos sin luz desde ayer", 1, []string{outage}},
		{"es", "es la tercera vez que llamo", 1, []string{several}},
		{"fr", "c'est urgent rappelez-moi", 1, []string{urgent}},
		{"fr", "ce n'est pas urgent", 0, nil},
		{"fr", "nous n'avons plus de chauffage et j'ai un bébé", 2, []string{outage, "a child, an old or a sick person is affected"}},
		{"de", "es ist dringend bitte um rückruf", 1, []string{urgent}},
		{"de", "es eilt nicht", 0, nil},
		{"de", "die heizung ist ausgefallen", 1, []string{outage}},
		{"de", "ich rufe zum dritten mal an", 1, []string{several}},
		{"it", "urgente", 0, nil},
	} {
		got := about.Read(tt.text, tt.lang, about.Options{})
		sorted := cmp.Diff(len(tt.reasons), len(got.Reasons))
		for _, r := range tt.reasons {
			if !strings.Contains(strings.Join(got.Reasons, "|"), r) {
				sorted += "no " + r
			}
		}
		if got.Urgency != tt.level || sorted != "" {
			t.Errorf("%s: %q: got %d %q, want %d %q", tt.lang, tt.text, got.Urgency, got.Reasons, tt.level, tt.reasons)
		}
	}
}

func FuzzRead(f *testing.F) {
	for i, text := range []string{"hi this is s m i t h from", "soy la señora Gómez", "c’est monsieur l’abbé", "hier ist der Huber Sepp.", "I’d like"} {
		f.Add(text, uint8(i), 0, 3)
	}
	f.Fuzz(func(t *testing.T, text string, lang uint8, start, end int) {
		langs := []string{"en", "es", "fr", "de", "it", ""}
		spans := []numbers.Span{{Start: start, End: end}}
		got := about.Read(text, langs[int(lang)%len(langs)], about.Options{Asks: spans, Numbers: spans})
		s := got.Matters
		if s.Start < 0 || s.End < s.Start || s.End > len(text) {
			t.Fatalf("%v of %d bytes", s, len(text))
		}
		if utf8.ValidString(text) && (!utf8.ValidString(text[s.Start:s.End]) || !utf8.ValidString(got.Name)) {
			t.Fatalf("%q or %q is not at borders of runes", text[s.Start:s.End], got.Name)
		}
		if got.Urgency < 0 || got.Urgency > 2 || got.Urgency > 0 && len(got.Reasons) == 0 || len(got.Name) > 4*60 {
			t.Fatalf("got %+v", got)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := "hi this is Walt Jankowski um I was calling about the snow blower you have got back there for repair I work days so could you call me back tomorrow afternoon after three at three one two five five five oh one eight eight thanks"
	b.ReportAllocs()
	for b.Loop() {
		about.Read(text, "en", about.Options{})
	}
}
