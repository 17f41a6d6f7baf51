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
