package index_test

import (
	"testing"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// TestSynonymsLeaveOutWhatEverybodySays: a word that is said in nearly every
// voicemail, such as "back", stands for nothing else.
func TestSynonymsLeaveOutWhatEverybodySays(t *testing.T) {
	t.Parallel()
	everyday := []said{
		{Lang: "en", Segments: []string{"Hi, this is John, please give me a call back at your earliest convenience. Thanks, bye."}},
		{Lang: "en", Segments: []string{"Could somebody ring me back this afternoon? I would appreciate it."}},
		{Lang: "en", Segments: []string{"Please return my call, my number is four one five."}},
		{Lang: "de", Segments: []string{"Guten Tag, rufen Sie mich bitte zurück, vielen Dank. Ich warte auf Ihren Anruf."}},
		{Lang: "es", Segments: []string{"Hola, quiero que alguien me devuelva la llamada hoy, mi número es el de siempre."}},
		{Lang: "es", Segments: []string{"Póngase en contacto conmigo, por favor. Espero su llamada."}},
		{Lang: "fr", Segments: []string{"Bonjour, je voudrais que quelqu'un me rappelle. J'attends votre appel, merci."}},
	}
	var all given
	for i, one := range everyday {
		one.ID = string(rune('a' + i))
		all = append(all, one.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	for _, q := range []string{
		"refund", "reimbursement", "pain", "jewelry", "stove", "happy", "glad", "surname", "stranger", "compliment",
		"Befund", "Laborwerte", "Verspätung", "ausstehend",
		"reembolso", "compensación", "incendio", "fuego", "bache", "talla", "instalación", "pedido", "retraso",
		"vaccin", "vaccination", "inconnu", "retard",
	} {
		for _, h := range search(t, x, store.AllBots(), index.Request{Query: query.Parse(q)}).Hits {
			if !h.Partial {
				t.Errorf("%s finds what everybody says: %v of voicemail %d", q, h.Matched, h.ID)
			}
		}
	}
}
