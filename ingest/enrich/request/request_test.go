package request

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestRead(t *testing.T) {
	tests := []struct {
		name, lang, text string
		want             bool
	}{
		{"command", "en", "hi please call me back when you can", true},
		{"question", "en-US", "could somebody from your office give us a ring", true},
		{"hint", "en", "I'd appreciate hearing from someone about the leak", true},
		{"no need", "en", "there is no need to call me back", false},
		{"caller calls", "en", "I'll call you back later", false},
		{"they called", "en", "you called me yesterday about the delivery", false},
		{"stop", "en", "stop calling me and take me off your list", false},
		{"mail instead", "en", "please email me instead of calling", false},
		{"taken back", "en", "please call me back actually never mind I found it", false},
		{"asked again", "en", "never mind the other message, please call me back tomorrow", true},
		{"another asked", "es", "mi hijo había dejado mensaje para que le devolvieran la llamada y ya se la devolvieron", false},
		{"promise kept", "es", "ustedes quedaron en llamarme el viernes y cumplieron", false},
		{"calls complained of", "es", "quiten mi celular de su base de datos por favor me llaman diez veces al día", false},
		{"neither nor", "es", "ni se preocupe por marcarme doctor", false},
		{"by telephone", "es", "no tengo internet así que tendrá que ser por teléfono", true},
		{"taken back behind the request", "fr", "je voulais qu'on me rappelle pour la fuite mais mon beau-frère l'a réparée", false},
		{"never again", "fr", "je vous prie de ne plus m'appeler au bureau", false},
		{"parcel cheat", "fr", "votre colis n'a pas pu être livré rappelez vite le zéro huit quatre-vingt-dix-neuf", false},
		{"closed then", "fr", "rappelez-moi demain le bureau est fermé ce soir", true},
		{"notes for somebody", "fr", "message pour le chef de chantier rappeler pascal", true},
		{"split and misspelled", "fr", "alo ses pour la chau dière rat peler moi vite", true},
		{"split and misspelled", "fr", "faux drai me rap lait ses la far massie", true},
		{"split and misspelled", "fr", "rap elle moi demain", true},
		{"no word that was split", "fr", "le rat a mangé le câble et la pelle est restée", false},
		{"no word that was split", "fr", "je rappelle juste que le rendez-vous est demain", false},
		{"split and misspelled", "es", "es por la rece ta que me ya men de buelta", true},
		{"no word that was split", "es", "ya me han dado la receta", false},
		{"a thing forgotten", "fr", "appelez plutôt sur mon portable c'est pour le sac oublié dans le bus", true},
		{"forget it", "fr", "rappelez-moi demain non oubliez ça", false},
		{"keys to press behind the number", "fr", "prière de m'appeler au lycée puis faites le deux deux neuf", true},
		{"keys to press", "fr", "pour un rappel gratuit faites le un", false},
		{"nobody has to", "fr", "le chat est rentré personne n'a à m'appeler", false},
		{"by accident", "fr", "je crois que j'ai appelé quelqu'un sans faire exprès", false},
		{"try me", "fr", "essayez de m'avoir mercredi", true},
		{"try me", "es", "pruébeme el viernes por la tarde", true},
		{"another thing denied before", "es", "hay un cargo que no reconozco necesito que me llame alguien", true},
		{"was in a call", "es", "se quedó en la llamada con mi mamá hasta que llegó", false},
		{"answers a telephone", "es", "dígame dígame oiga no si es que es el contestador", false},
		{"taken no notice of", "es", "que me llamen en cuanto puedan no me hagan caso ya está aquí", false},
		{"nothing", "en", "", false},
		{"command", "es", "llámeme cuando pueda por favor", true},
		{"no need", "es", "no hace falta que me llamen", false},
		{"caller calls", "es", "vuelvo a llamar más tarde", false},
		{"command", "fr", "rappelez-moi s'il vous plaît", true},
		{"no need", "fr", "ce n'est pas la peine de me rappeler", false},
		{"caller calls", "fr", "je vous rappellerai demain", false},
		{"command", "de", "rufen Sie mich bitte zurück", true},
		{"without umlauts", "de_AT", "koennten sie mich bitte zurueckrufen", true},
		{"no need", "de", "Sie müssen mich nicht zurückrufen", false},
		{"caller calls", "de", "ich rufe später nochmal an", false},
		{"another language than said", "en", "buenas tardes por favor llámeme usted al número de mi casa en cuanto pueda muchas gracias", true},
		{"a few words", "it", "buongiorno può richiamarmi per favore", true},
	}
	for _, tt := range tests {
		t.Run(tt.lang+" "+tt.name, func(t *testing.T) {
			got := Read(tt.text, tt.lang, Options{})
			if got.Requested != tt.want || got.Confidence < 0.5 || got.Confidence > 1 {
				t.Errorf("got %t (%.2f), want %t", got.Requested, got.Confidence, tt.want)
			}
			if got.Requested != (len(got.Words) > 0) {
				t.Errorf("words %v for %t", got.Words, got.Requested)
			}
			for _, s := range got.Words {
				if s.Start >= s.End || s.End > len(tt.text) || !utf8.ValidString(tt.text[s.Start:s.End]) {
					t.Errorf("span %v of %q", s, tt.text)
				}
			}
		})
	}
}

func TestWords(t *testing.T) {
	text := "Hi, it's Ann. Could you please, uh, call me back? Thanks."
	v := Read(text, "en", Options{})
	if len(v.Words) != 1 || !strings.Contains(text[v.Words[0].Start:v.Words[0].End], "call me back") {
		t.Errorf("words %v", v.Words)
	}
}

func TestListen(t *testing.T) {
	tests := []struct {
		name, lang, text string
		length           time.Duration
		want             Listen
	}{
		{"sure", "en", "please call me back", 4 * time.Second, ""},
		{"other language", "sv", "hej det är anna jag undrar över fakturan", 8 * time.Second, ListenLanguage},
		{"made up", "en", "Thanks for watching!", 8 * time.Second, ListenInvented},
		{"made up, Spanish", "es", "Subtítulos realizados por la comunidad de Amara.org", 8 * time.Second, ListenInvented},
		{"made up, French", "fr", "Sous-titrage Société Radio-Canada", 8 * time.Second, ListenInvented},
		{"made up, German", "de", "Vielen Dank fürs Zuschauen.", 8 * time.Second, ListenInvented},
		{"few words", "en", "yes hello it is about the", time.Minute, ListenFewWords},
		{"a request in a long silence", "en", "please call me back", time.Minute, ""},
		{"a test", "en", "testing testing one two three", time.Minute, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Read(tt.text, tt.lang, Options{Duration: tt.length}).Listen; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

const plain = "Hello, this is Catherine Miller calling about the refund that I was promised last week for the damaged dishwasher, " +
	"nobody has called me back and I am really getting tired of waiting, so please ask somebody from your billing department " +
	"to get in touch with me before the weekend, otherwise I have to cancel the whole contract, thank you and goodbye"

const allemand = "Guten Tag, hier ist Sabine Hoffmann aus Köln, ich rufe wegen der Rechnung vom März an, da stimmt etwas nicht, " +
	"ich habe schon zweimal angerufen und niemanden erreicht, können Sie mich bitte morgen Vormittag zurückrufen, meine Nummer ist " +
	"null zwei zwei eins, fünf fünf fünf, null eins zwei drei, vielen Dank und auf Wiederhören"

func BenchmarkRead(b *testing.B) {
	for _, bb := range []struct{ name, text, lang string }{{"en", plain, "en"}, {"de", allemand, "de"}, {"unknown", plain, ""}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Read(bb.text, bb.lang, Options{})
			}
		})
	}
}
