package numbers

import "strings"

func germanTable() table {
	t := table{
		units: [10]string{
			"null nul ?nuhl ?o", "eins ?ein ?ains", "zwei zwo ?zwai", "drei ?trei", "vier fier ?viel", "funf fuenf", "sechs sex sexs ?sechse",
			"sieben siebn", "acht ?ach", "neun ?neu ?noin",
		},
		small: [10]string{
			"zehn", "elf", "zwolf zwoelf", "dreizehn", "vierzehn", "funfzehn fuenfzehn", "sechzehn sechszehn", "siebzehn siebenzehn",
			"achtzehn", "neunzehn",
		},
		tens: [10]string{
			2: "zwanzig zwanzich", 3: "dreissig dreizig dreisig", 4: "vierzig", 5: "funfzig fuenfzig", 6: "sechzig sechszig",
			7: "siebzig siebenzig", 8: "achtzig", 9: "neunzig",
		},
		pairs: map[int]string{}, hundred: "hundert", thousand: "tausend",
		times: "mal",
		plurals: [10]string{
			"nullen", "einsen einser", "zweien zweier", "dreien dreier", "vieren vierer", "funfen funfer fuenfen", "sechsen sechser",
			"siebenen siebener siebenen", "achten achter", "neunen neuner",
		},
		repeats: map[int]string{
			2: "doppel doppelt doppelte doppelter zweimal zweifach", 3: "dreimal dreifach dreifache", 4: "viermal vierfach",
		},
		links: []link{
			{
				again, "glaube ich|glaub ich|ich glaube|ich glaub|denke ich|ich denke|meine ich|ja|ja genau|genau|richtig|stimmt|jawohl|also|wiederhole|ich wiederhole|nochmal|noch mal|" +
					"noch einmal|wie gesagt|das heisst|das ist|das sind",
			},
			{filler, "ah|ahm|oh|ohm|also|dann|und dann|danach|bindestrich|strich|minus|punkt|komma|leerzeichen|schragstrich|pause|bitte|ja"},
			{filler, "gefolgt von|mal sehen|und dann nochmal|und dann noch mal|und dann noch einmal|und zum schluss|zum schluss|und zuletzt"},
			{and, "und"},
			{glueWord, "das|die|der|meine|mein|ist|mit|lautet|in|war|doch|es|ich|muss|heissen|vorne|wieder"},
			{
				correct, "nein|ne|nee|sorry|entschuldigung|verzeihung|pardon|quatsch|korrektur|ich meine|ich meinte|stopp|stop|" +
					"besser gesagt|was sag ich|ach was sag ich|ach nein|verbesserung|ich verbessere|vielmehr|das stimmt nicht|stimmt nicht|das ist falsch|beziehungsweise|jetzt hab ich mich vertan|jetzt hab ich mich versprochen|hab ich mich vertan|hab ich mich versprochen|hab mich vertan|hab mich versprochen|habe mich vertan|habe mich versprochen|ich hab mich vertan|ich hab mich verhaspelt|hab mich verhaspelt|vertan|verhaspelt|falsch|ich korrigiere|tschuldigung|" +
					"das verwechsle ich immer|ich verwechsle das immer|das passiert mir immer|ach schmarrn|schmarrn|schmarren|ach bloedsinn|bloedsinn|mist|falsch gesagt|das war falsch|schon wieder falsch|das ist eine zu viel|das war eine zu viel|eine zu viel|da fehlt eine|eine vergessen|da hab ich eine vergessen",
			},
			{hesitate, "moment|moment mal|einen moment|ein moment|sekunde|eine sekunde|warte|warten sie|halt|kleinen moment|moment ich schau|ich schau nach|lassen sie mich schauen|moment ich schaue|warte ich schau"},
			{
				restart, "von vorne|noch mal von vorne|nochmal von vorne|noch einmal von vorne|ich fange von vorne an|ich fang noch mal an|" +
					"ich fange noch mal an|ich fange nochmal an|ich fange noch einmal an|ich beginne von vorne|neuer versuch",
			},
			{area, "vorwahl|ortsvorwahl|vorwahlnummer"},
			{country, "landervorwahl|laendervorwahl|landesvorwahl|landerkennzahl|landercode"},
			{rest, "nummer|rufnummer|telefonnummer|telefon"},
			{extension, "durchwahl|nebenstelle|apparat|anschluss"},
		},
	}
	for i, name := range t.tens {
		for v, unit := range t.units {
			for ten := range strings.FieldsSeq(name) {
				for one := range strings.FieldsSeq(unit) {
					if one = strings.TrimLeft(one, "~?"); v > 0 && one != "eins" {
						t.pairs[10*i+v] += " " + one + "und" + ten
					}
				}
			}
		}
	}
	for v, unit := range t.units {
		for one := range strings.FieldsSeq(unit) {
			if !strings.HasPrefix(one, "?") {
				t.twins[v] += " doppel" + one
			}
		}
	}
	return t
}
