package cards

import (
	"regexp"
	"strings"
)

// label is what a word says of the numbers beside it.
type label uint8

const (
	noLabel    label = iota
	cardLabel        // they are a card's
	phoneLabel       // they are a telephone's
	otherLabel       // they are an order's, an account's, a machine's
	asideLabel       // they are a security code or a date
	fixLabel         // what was said before was wrong
	fillLabel        // nothing: people say it while they think
	introLabel       // a number begins behind it: that's, c'est, das ist die
	againLabel       // what was said is said once more
)

// labelled are the words with a label, folded, by the language they are mostly
// of; what ends in * is the beginning of words, what begins in * the end.
var labelled = map[label]string{
	cardLabel: `card cards visa mastercard amex diners jcb maestro unionpay debit creditcard
		tarjeta tarjetas debito carte cartes bancaire bleue karte karten *karte *karten *kartennummer kartennummer* kartennr girocard debit*
		cvv cvc cvv2 cvc2 cryptogramme`,
	phoneLabel: `phone telephone cell cellphone mobile call calling ring reach callback text dial fax whatsapp
		telefon* telefono celular movil llamar llamen* llame* llamame encuentran contactar marcar marquen
		portable joindre rappel* appel* telephone handy anruf* rufen ruft erreichen erreichbar mobil* ruckruf* rueckruf* durchwahl extension poste ext`,
	otherLabel: `account acct order policy claim customer client reference ref invoice tracking serial imei meter iban bic swift routing
		passport loyalty membership member confirmation ticket booking license licence vin ssn social reservation barcode voucher parcel shipment mortgage loan chart model
		cuenta pedido poliza siniestro cliente referencia factura seguimiento serie contador pasaporte socio fidelidad reserva contrato expediente envio dni nie prestamo hipoteca modelo
		compte commande police contrat sinistre dossier facture suivi compteur passeport fidelite adherent colis
		konto* bestell* versicherung* versicherten* schaden* schadens* kunden* akten* rechnungs* sendung* serien* zahler* zaehler* reisepass* pass bonus* mitglied* buchung* vertrag*
		auftrag* vorgang* kredit kredits darlehen* hypothek* modell* referenz* paket* gutschein* ausweis*`,
	fixLabel: `no sorry wait scratch mean meant correction actually rather oops mistake wrong
		perdon equivoque digo dicho corrijo disculpe disculpa decir rectifico
		pardon non trompe reprends excusez erreur plutot dire rectifie corrige
		quatsch nein entschuldigung falsch korrektur stimmt vielmehr verzeihung nee tschuldigung korrigiere verbessere`,
	fillLabel: `uh um er erm hmm hm hum mm mmm mhm uhm umm ehm ah eh and then afterwards so okay ok yeah yes like let me see let's hold on hang a second sec moment just one please
		dash hyphen space slash dot point first next last followed by to
		este a ver y pues despues bueno luego guion espacio espere un momento segundo o sea barra entonces por favor
		euh euhm heu alors ensuite apres attendez voyons et puis donc bon ben tiret espace barre instant s'il vous plait
		ah ahm aehm aeh oehm ohm also und dann danach warte warten sie mal sehen strich leerzeichen schragstrich bindestrich so bitte`,
	introLabel: `i think that is it the s or es el la le c est ou ist die der oder`,
	againLabel: `again repeat repeating otra repito repetir repite nuevo encore repete repeter nochmal nochmals wiederhole wiederholen erneut`,
}

// words and affixes of labelled.
var labels, prefixes, suffixes = func() (map[string]label, map[string]label, map[string]label) {
	whole, before, after := map[string]label{}, map[string]label{}, map[string]label{}
	for l, list := range labelled {
		for _, w := range strings.Fields(list) {
			switch {
			case strings.HasSuffix(w, "*"):
				before[strings.TrimSuffix(w, "*")] = l
			case strings.HasPrefix(w, "*"):
				after[strings.TrimPrefix(w, "*")] = l
			default:
				if had, ok := whole[w]; !ok || l < had {
					whole[w] = l
				}
			}
		}
	}
	return whole, before, after
}()

// plainCode is a code that may be any; otherCodes are the words around it by
// which it is no card's.
var (
	plainCode  = regexp.MustCompile(`\b(?:code|codigo)\b`)
	otherCodes = set(`zip area gate door access postal postale promo promotion discount country booking bar qr entry dress source building alarm wifi
		porte portail entree puerta portal de del du of for fur fuers furs immeuble`)
)

// plainCards are words for a card of any kind; otherCards are the words before or
// behind them, and the beginnings of German ones, by which it is none that pays.
var (
	plainCards = set(`card cards tarjeta tarjetas carte cartes karte karten`)
	otherCards = set(`loyalty library membership member gift sim insurance health id identity business report travel rail bus points rewards
		medicare green social student key access
		fidelite vitale identite sejour grise visite membre adherent embarquement
		socio identidad sanitaria puntos residencia cliente biblioteca embarque regalo fidelidad acceso`)
	otherKarten = regexp.MustCompile(`^(?:bonus|kunden|mitglieds|gesundheits|versicherten|visiten|fahr|sim|bahn|post|eintritts|geschenk|chip|park|speicher|treue|punkte|land|bord|speise|ausweis|zugangs|schlussel)karten?`)
	joins       = set(`de del d la le l of der`)
	// papers are the words around a visa by which it is one to travel with.
	papers = set(`application applications appointment interview petition sponsor sponsorship tourist student schengen travel immigration
		turista estudiante touristique etudiant`)
)

// Words for amounts, and those between one and the amounts. One amount is followed by
// a word that says so: who says "charge the total amount 4539" says a card.
var (
	amountNames = set(`amount sum total price importe total monto precio suma montant somme prix betrag summe preis gesamtbetrag`)
	amountLists = set(`amounts sums totals prices importes totales montos precios sumas montants sommes totaux betrage betraege betragen summen preise`)
	amountLinks = set(`is was are were of es son de est sont ist sind lautet lauten von`)
)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(words) {
		all[w] = true
	}
	return all
}

// labelAll labels tokens.
func labelAll(ts []token) []label {
	all := make([]label, len(ts))
	for i, t := range ts {
		all[i] = labelOf(t.word)
	}
	for i, t := range ts {
		switch {
		case all[i] == cardLabel && otherKarten.MatchString(t.word), plainCards[t.word] && ofOtherCard(ts, i), t.word == "visa" && isPaper(ts, i):
			all[i] = otherLabel
		case i > 0 && (t.word == "express" && ts[i-1].word == "american" || t.word == "card" && ts[i-1].word == "master"):
			all[i] = cardLabel
		}
	}
	labelFixes(ts, all)
	return all
}

// ofOtherCard reports whether the word for a card at i is of one that doesn't pay.
func ofOtherCard(ts []token, i int) bool {
	if i > 0 && otherCards[ts[i-1].word] && ts[i].gap <= thin {
		return true
	}
	for k := i + 1; k < len(ts) && k <= i+3 && ts[k].gap <= thin; k++ {
		if otherCards[ts[k].word] {
			return !plainEnglish[ts[i].word]
		}
		if !joins[ts[k].word] {
			break
		}
	}
	return false
}

// isPaper reports whether the visa at i is one to travel with.
func isPaper(ts []token, i int) bool {
	if i > 0 && papers[ts[i-1].word] && ts[i].gap <= thin {
		return true
	}
	next := i + 1
	if next < len(ts) && joins[ts[next].word] {
		next++
	}
	return next < len(ts) && papers[ts[next].word] && ts[next].gap <= thin
}

// plainEnglish has its words for kinds of cards before the card.
var plainEnglish = set(`card cards`)

// labelOf is the label of a word.
func labelOf(word string) label {
	if word == "" || word == maskWord || word == codeWord {
		return noLabel
	}
	if l, ok := labels[word]; ok {
		return l
	}
	for n := 3; n < len(word); n++ {
		if l, ok := suffixes[word[n:]]; ok {
			return l
		}
	}
	for n := min(len(word), 13); n >= 4; n-- {
		if l, ok := prefixes[word[:n]]; ok {
			return l
		}
	}
	return noLabel
}

// What is said of security codes and expiry dates, in folded words with one
// space between them.
var (
	codeWords = regexp.MustCompile(`\b(?:` +
		`cvv ?2?|cvc ?2?|csc|cvn|cid|c v v|c v c|see v v|see vee vee|` +
		`(?:security|verification|safety|secret|secure|control) (?:code|number|digits?|pin)s?|card (?:code|pin)|` +
		`(?:code|numbers?|digits?) (?:is |are )?(?:on|at|from) the (?:back|reverse|rear|front|other side)|on the back(?: is| it says| it s)?|signature strip|` +
		`(?:three|four|3|4) (?:on|at|from) the (?:back|front|reverse)|(?:three|four|3|4) digit (?:code|number|security code|pin)|last (?:three|3) (?:digits|numbers)|pin(?: code| number)?|` +
		`(?:ultimos )?(?:tres|3) (?:ultimos )?(?:digitos|numeros|cifras)|(?:trois|3) (?:derniers )?chiffres|(?:letzten )?(?:drei|3) (?:letzten )?(?:ziffern|zahlen)|` +
		`(?:drei|vier)stellig\w*(?: (?:code|nummer|zahl))?|geheimzahl|` +
		`(?:codigo|clave|numeros?|digitos) de (?:seguridad|atras|detras|la parte de atras|verificacion|reverso|control)|` +
		`(?:codigo|numeros?|digitos|cifras|tres|cuatro) (?:que (?:esta|estan|hay|viene|vienen) )?(?:en el|del|al|por|de) (?:reverso|dorso|atras|detras)|(?:cuatro|4) (?:numeros|digitos|cifras|de)(?: de)? delante|` +
		`cryptogramme|(?:code|numero|chiffres) (?:de |du )?(?:securite|verification|controle|visuel|dos)|` +
		`(?:code|chiffres|trois|quatre) (?:qui (?:est|sont) )?(?:au dos|derriere|a l arriere)|(?:quatre|4) chiffres (?:de )?devant|au dos(?: c est)?|` +
		`pru?e?f(?:ziffern?|nummer|zahl|code)|karten ?pru?e?f(?:nummer|ziffer)|sicherheits ?(?:code|nummer|zahl|ziffer)|kontroll ?(?:nummer|zahl|ziffer|code)|` +
		`(?:code|nummer|ziffern|zahlen|zahl|drei|vier) (?:ist )?(?:hinten|auf der ru?e?ckseite|dahinter)|auf der ru?e?ckseite|hinten (?:drauf|steht)|(?:vier|4) (?:ziffern|zahlen) vorne` +
		`)\b`)
	expiryWords = regexp.MustCompile(`\b(?:` +
		`expir\w*|exp|valid (?:until|thru|through|till|to|up to)|good (?:until|thru|through|till)|runs out|` +
		`venc\w*|caduc\w*|valida hasta|validez|` +
		`valable jusqu(?: ?au| ?a| ?en| a la fin)?|valide jusqu|validite|echeance|date de fin|` +
		`gu?e?ltig(?:keit)?(?: bis)?|ablauf\w*|abgelaufen|la?e?uft(?: (?:am|im|ende|zum|ab))?|verfall\w*|ablaufdatum` +
		`)\b`)
)

// months are the names of months, folded, of the four languages.
var months = set(`january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
		enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
		janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
		januar februar marz maerz juni juli oktober dezember janner`)
