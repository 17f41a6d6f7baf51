package request

import (
	"strings"
	"testing"
)

// clauses are complaints that deny something, and requests that may follow them
// without a pause: what denies the one says nothing of the other.
var clauses = []struct{ lang, denied, asks string }{
	{"en", `the problem isn't fixed|we have no water|it doesn't work|the engineer didn't come|i didn't get anything|i don't know what is going on
i don't need it any more|nobody fixed the door|i can't find the invoice|the heating won't start|the power's not on|i don't understand it|my parcel never came
i have no car|no one opens the door|i never ordered it|you didn't help me|i've no idea|your colleague wasn't friendly|it didn't work out|i'm not allowed to lift
it isn't urgent|nothing's been done|i haven't got the key`,
		`please call me back|can you give me a ring|i'd like a call back|could someone phone me|get back to me please|i need a call|ring me please
i want somebody to call me|i'd appreciate a call|please ring|give us a bell|call me when you can|have someone call my wife|i'm waiting for your call`},
	{"de", `das problem ist nicht behoben|wir haben kein wasser|es geht nicht|ich kann das nicht bezahlen|der techniker kam nicht|ich habe nichts bekommen
ich weiß nicht was los ist|das stimmt so nicht|ich brauche das nicht mehr|niemand hat die tür repariert|ich finde keine rechnung|die heizung will nicht
der strom geht nicht mehr|ich verstehe das nicht|mein paket ist nie gekommen|ich hab kein auto|keiner macht auf|ohne strom geht hier nichts
ich wollte das gar nicht bestellen|sie haben mir nicht geholfen|ich möchte nicht länger warten|ich habe keine ahnung|der kollege war nicht freundlich|es hat nicht geklappt`,
		`bitte um rückruf|rufen sie mich bitte zurück|können sie mich anrufen|ich hätte gern einen rückruf|melden sie sich bitte bei mir|könnte mich jemand anrufen
ich bitte um einen anruf|ruf mich bitte an|bitte zurückrufen|ich bräuchte einen rückruf|ich warte auf ihren anruf`},
	{"fr", `l'ascenseur ne marche pas|il marche pas|on n'a pas d'eau|le technicien n'est pas venu|je n'ai rien reçu|je ne comprends pas la facture|ce n'est pas réparé
je n'ai pas de voiture|personne n'a ouvert|la porte ne s'ouvre plus|je n'ai jamais commandé ça|je trouve pas le dossier|le chauffage ne démarre pas|ça ne va pas
votre collègue n'était pas aimable|je ne sais pas ce qui se passe|ça n'a pas marché|mon colis n'est jamais arrivé|je n'ai aucune idée`,
		`rappelez-moi s'il vous plaît|si vous pouvez me rappeler|est-ce que vous pouvez m'appeler|vous pouvez me rappeler|merci de me rappeler|pouvez-vous me téléphoner
je voudrais être rappelé|j'attends votre appel|quelqu'un peut me rappeler|si quelqu'un pouvait m'appeler|faut me rappeler|si vous pouviez me passer un coup de fil|il faudrait me rappeler
j'aimerais qu'on me rappelle|je souhaite qu'on m'appelle|dites au docteur de me rappeler|passez-moi un coup de fil`},
	{"es", `el ascensor no funciona|no tenemos agua|el técnico no vino|no he recibido nada|no entiendo la factura|no está arreglado|no tengo coche|nadie abrió la puerta
nunca pedí eso|no encuentro el contrato|la calefacción no arranca|así no va|su compañera no fue amable|no sé qué pasa|no me ha llegado|mi paquete nunca llegó`,
		`llámenme por favor|si me pueden llamar|pueden llamarme|me pueden llamar|podría llamarme alguien|me gustaría que me llamaran|espero su llamada|que me llame alguien
a ver si me llaman|necesito que me llamen|agradecería una llamada|devuélvanme la llamada|quiero que me llamen|haga el favor de llamarme|dígale al doctor que me llame|me dan un toque`},
}

func TestClauses(t *testing.T) {
	split := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == '\n' })
	}
	for _, c := range clauses {
		for _, denied := range split(c.denied) {
			for _, asks := range split(c.asks) {
				if v := Read(denied+" "+asks, c.lang, Options{}); !v.Requested {
					t.Errorf("%s %s: got no request (%.2f)", denied, asks, v.Confidence)
				}
			}
		}
	}
}
