package synonyms

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"afterbeep/index/query"
)

//go:embed testdata/everyday.txt
var everydayText string

// everyday are messages by language, as their words' keys.
func everyday(lang string) [][]string {
	var out [][]string
	in := ""
	for line := range strings.Lines(everydayText) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			in = strings.Trim(line, "[]")
		case in == lang:
			var keys []string
			for _, t := range query.Tokens(line) {
				keys = append(keys, key(lang, t.Text))
			}
			out = append(out, keys)
		}
	}
	return out
}

// stands tells whether all keys stand in a message near each other, as searches
// want the words of a synonym.
func stands(keys, message []string) bool {
	for at := range message {
		window := message[at:min(len(message), at+len(keys)+4)]
		if !slices.ContainsFunc(keys, func(k string) bool { return !slices.Contains(window, k) }) {
			return true
		}
	}
	return false
}

// saidRightly are the members of groups that do stand there: who asks for their
// groups wants calls, thanks and questions, or means a thing that is named as some
// word that everybody says.
var saidRightly = map[string]string{
	"en": "appreciate,call back,call me,call,called me back,didnt get,dont want,earlier,give me a call,guy,havent heard,hear back from," +
		"help me,help out,late,loud,menu,miss,missed,missing hours,missing,mobile,name,need,needed,number,question,reach me,return my call," +
		"return,returns,ring back,ring me,ringing me back,send,speak to,talk to,thank you,thank,thanks,urgent,urgently,want,wife,wonder," +
		"wondering",
	"es": "a la espera,agradecer,agradecido,agradecimiento,alto,apuntar,apuntarse,ayuda,ayudar,casa,conducir,contactar,contestador," +
		"contestadora,corre prisa,correo,devolver la llamada,devolver llamada,devolver,devolvi,devuelto,devuelvame la llamada,devuelvame," +
		"devuelvan la llamada,devuelvanme la llamada,devuelven,gracias,hablar con,horario,llamada telefonica,llamada,llamar de nuevo," +
		"llamar otra vez,llamar,llamarme,llameme,llamenme,lo antes posible,localizar,mandar,me llame,me llamen,mensaje,movil,mujer," +
		"nadie contesta,nadie me contesta,necesitamos,necesitar,necesito,no contesta,no contestan,no habla,no oigo,no oye,no va,perder," +
		"perdi,perdida,perdido,perdon,ponerse en contacto,pongase en contacto,pregunta,prisa,que me llamen,recado,tarda,tardar,telefonear," +
		"telefono,trabajador,trabajo",
	"fr": "a rappeler,absence,aide,aider,appel,appeler,arranger,attendre,au bout du fil,avancer,bureau,deja appele,encore moi,entend mal," +
		"envoi,envoyer,essai,essayer,femme,fils,fini,finir,gentil,joindre,laisser,maison,mal au,mal parle,mal,matinee,me joindre," +
		"me rappeler,meme numero,merci,messagerie,ne veulent pas,ne veut pas,pas de nouvelles,personne au bout,petite,portable,rappel," +
		"rappeler,rappelez moi,rappelez,rappelle moi,remerciement,remerciements,remercier,repasser,repondeur,repondre,toujours pas,travail," +
		"travailler,travaux,vol,vole,volee,voler,vue,week end",
	"de": "abwesenheit,angerufen,anruf,anrufen,arbeit,arbeiten,auto,bescheid geben,brauchen,dank,danke,erreiche niemanden,erreichen sie mich," +
		"es eilt,frage,fragen,frau,fruh,geht nicht,gesprach,glauben,handy,haus,helfen,hilfe,hore nichts,hore schlecht,hort nichts," +
		"hort schlecht,laut,morgens,mull,nachricht,name,nett,niemanden erreicht,noch nichts gehort,reden mit,reden,ruckmeldung," +
		"ruf mich zuruck,rufen sie mich zuruck,rufen sie zuruck,rufen zuruck,schicken,sprechen mit,sprechen,versuch,versuchen,viel zu viel," +
		"vielen dank,vorbeikommen,warten,zu viel,zuruckrufen",
}

// Nothing else of what everybody says is a synonym: "ill" is what is left of
// "I'll", "Maler" has the stem of "mal" and "podar" that of "podía".
func TestNothingFindsWhatEverybodySays(t *testing.T) {
	for _, lang := range []string{"en", "es", "fr", "de"} {
		messages, rightly := everyday(lang), strings.Split(saidRightly[lang], ",")
		known := make(map[*entry]bool)
		told := make(map[string]bool)
		for _, list := range Default().starts {
			for _, e := range list {
				for _, o := range e.group {
					if known[o] || o == e || o.lang != lang {
						continue
					}
					known[o] = true
					said := strings.Join(o.words, " ")
					if slices.Contains(rightly, said) || told[said] || !slices.ContainsFunc(messages, func(m []string) bool { return stands(o.keys, m) }) {
						continue
					}
					told[said] = true
					t.Errorf("%s: everybody says %q, which %q finds", lang, said, e.words)
				}
			}
		}
	}
}
