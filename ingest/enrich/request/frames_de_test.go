package request

// framedGerman are frames of German. The forms of a way to call are who is called,
// the infinitives with "zu" and without, the participle, the imperative and the
// present at the end of a clause: "V", "Z", "Y", "P", "I" and "A".
var framedGerman = []frames{
	{"de", `- es ist nicht mehr nötig dass sie V Y
- sie müssen V nicht Y
- sie müssen V deswegen nicht extra Y
- machen sie sich nicht die mühe V Z
- es lohnt nicht V Z
- es hat keinen sinn V Z
- sparen sie sich die mühe V Z
- keiner muss V Y
- sie können aufhören V Z
- ich will nicht dass man V A
- ich hatte gebeten V Z und das ist passiert
- meine frau hatte sie gebeten V Z und das ist schon passiert
- sie hatten versprochen V Z und haben wort gehalten
- sie wollten V Y aber das ist nicht mehr nötig
- nett dass sie V so schnell P haben
- schön dass V gestern jemand P hat
- jemand hat V heute früh P vielen dank
- ihre kollegin hat V am freitag P also alles klar
- I ach nein lassen sie es
- falls sie V Y wollten das ist nicht mehr nötig
- jedes mal wenn sie V Y bellt der hund
- wieso müssen sie V immer beim essen Y
- ich hasse es wenn sie V Y
- mir wäre unangenehm wenn sie V deswegen Y würden
- früher haben sie V jeden monat P
- niemand hat sie gebeten V Z
- ich erwarte nicht dass sie V Y
- anstatt V Z schicken sie mir eine mail
- es wäre mir nicht recht wenn man V A
- danke dass man V so schnell P hat
+ könnte V heute jemand Y
+ wenn sie V Y könnten wäre das super
+ wenn mal jemand V Y könnte
+ wäre es möglich V Z
+ ist es möglich dass V jemand A
+ ich wäre dankbar wenn sie V Y könnten
+ ich wäre froh wenn V jemand A
+ ich möchte dass sie V Y
+ ich möchte dass V jemand A
+ ich hätte gern dass sie V Y
+ ich will dass man V A
+ ich brauche jemanden der V A
+ ich warte darauf dass sie V Y
+ ich warte immer noch darauf dass V jemand A
+ ich erwarte dass sie V Y
+ ich bestehe darauf dass V jemand A
+ ich verlange dass man V A
+ sorgen sie dafür dass V jemand A
+ sehen sie zu dass sie V Y
+ vergessen sie bitte nicht V Z
+ denken sie daran V Z
+ versuchen sie V Z
+ seien sie so gut V Z
+ seien sie so nett und I
+ haben sie die güte V Z
+ hätten sie die freundlichkeit V Z
+ bitten sie ihre kollegin V Z
+ sagen sie ihrem chef er soll V Y
+ sagen sie herrn müller dass er V Y soll
+ richten sie ihm aus er möge V Y
+ wer kann V Y
+ kann V mal einer Y
+ wann können sie V Y
+ wann gedenken sie V Z
+ es hieß sie würden V Y und nichts ist passiert
+ mir wurde versprochen V Z und nichts
+ sie wollten V doch Y
+ sie hatten gesagt sie würden V Y
+ man hat vergessen V Z
+ keiner hat V bisher P
+ bisher hat V niemand P
+ kein mensch hat V P
+ es eilt nicht aber I
+ ich hab sie nicht erreicht also I
+ ich bitte darum V Z
+ ich bitte darum dass man V A
+ es ist wichtig dass sie V Y
+ es ist dringend dass V jemand A
+ es wäre gut wenn man V A
+ es wäre lieb wenn sie V mal Y
+ sie müssen V unbedingt Y
+ sie sollten V schnellstens Y
+ jemand muss V Y
+ ich rufe an damit V jemand A
+ macht es ihnen was aus V Z
+ würde es ihnen was ausmachen V Z
+ hoffentlich können sie V bald Y
+ ich hoffe dass V jemand A
+ ich hoffe sie können V Y
+ zögern sie nicht V Z
+ scheuen sie sich nicht V Z
+ statt mails zu schreiben könnten sie V mal Y
+ sie dürfen V gerne Y
+ sie können V jederzeit Y
+ ich würde mich freuen wenn sie V Y`, []string{
		"mich/anzurufen/anrufen/angerufen/rufen sie mich an/anruft",
		"mich/zurückzurufen/zurückrufen/zurückgerufen/rufen sie mich zurück/zurückruft",
		"sich bei mir/zu melden/melden/gemeldet/melden sie sich bei mir/meldet",
		"meinen mann/anzurufen/anrufen/angerufen/rufen sie meinen mann an/anruft",
		"kurz bei uns/durchzuklingeln/durchklingeln/durchgeklingelt/klingeln sie kurz bei uns durch/durchklingelt",
		"mich/zu kontaktieren/kontaktieren/kontaktiert/kontaktieren sie mich/kontaktiert",
		"mit mir/kontakt aufzunehmen/kontakt aufnehmen/kontakt aufgenommen/nehmen sie mit mir kontakt auf/kontakt aufnimmt",
		"mir/bescheid zu geben/telefonisch bescheid geben/telefonisch bescheid gegeben/geben sie mir telefonisch bescheid/telefonisch bescheid gibt",
	}},
	{"de", `- X ist nicht nötig
- X brauche ich nicht
- X können sie sich sparen
- ich verzichte auf X
- ich hatte X bekommen und alles ist geklärt
- streichen sie X bitte
- vergessen sie X
- ich rechne nicht mit X
- vielen dank nochmal für X
- gestern kam X und alles ist klar
+ ich hätte gern X
+ könnte ich X bekommen
+ ich bräuchte X
+ ich hoffe auf X
+ ich warte seit tagen auf X
+ ich erwarte X
+ veranlassen sie bitte X
+ X wäre mir lieber als eine mail
+ man hat mir X zugesagt und ich warte noch
+ ich bin auf X angewiesen
+ ich ersuche um X
+ eine mail reicht mir nicht ich möchte X
+ wie komme ich an X
+ kriege ich X noch heute`, []string{"einen rückruf", "den rückruf", "einen anruf", "ihren rückruf"}},
}
