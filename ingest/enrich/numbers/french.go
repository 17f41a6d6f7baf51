package numbers

func frenchTable() table {
	return table{
		units: [10]string{
			"zero zeros ~o", "~un ?une ?hein", "deux ?de", "trois ?troie", "quatre quatres katre", "cinq ?saint ?sain ?sein", "six ?si ?scie",
			"sept ?cet ?cette ?set", "huit", "neuf",
		},
		small: [10]string{
			"dix ?dis ?dit", "onze", "douze", "treize", "quatorze", "quinze", "seize",
		},
		tens: [10]string{
			2: "vingt vingts ?vin ?vain", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 7: "septante", 8: "huitante octante", 9: "nonante",
		},
		pairs: map[int]string{
			17: "dixsept", 18: "dixhuit", 19: "dixneuf", 70: "soixantedix", 80: "quatrevingt quatrevingts", 90: "quatrevingtdix",
		},
		hundred: "cent cents", thousand: "mille mil",
		times:   "fois",
		repeats: map[int]string{2: "double", 3: "triple", 4: "quadruple"},
		links: []link{
			{
				again, "je crois|je crois que|je pense|je pense que|il me semble|oui|ouais|c'est ca|oui c'est ca|voila|d accord|exact|exactement|donc|alors|je repete|je vous repete|" +
					"encore une fois|c'est a dire|comme je disais",
			},
			{filler, "heu|beuh|ben|bah|puis|et puis|ensuite|et ensuite|alors|tiret|trait d union|point|virgule|espace|barre|moins|slash|voila"},
			{filler, "suivi de|voyons|attendez voir|s il vous plait|oui|d accord|et pour finir|pour finir|et enfin|enfin|et pour terminer|pour terminer|et a la fin"},
			{and, "et"},
			{glueWord, "c|est|le|la|les|l|mon|avec|de|du|c est|en|j|je|ai|suis|a"},
			{
				correct, "non|pardon|non pardon|desole|desolee|excuse|excuse moi|excusez|excusez moi|rectification|je rectifie|mince|je veux dire|je voulais dire|correction|plutot|ou plutot|" +
					"je me trompe|je me suis trompe|je me suis trompee|erreur|c'est faux|ce n'est pas ca|c'est pas ca|je corrige|oups|" +
					"je me trompe toujours|je me trompe tout le temps|j'ai mal dit|je l'ai mal dit|encore faux|il y en a un de trop|c'est un de trop|un de trop|il en manque un|j'en ai oublie un|j'ai oublie un chiffre",
			},
			{hesitate, "attendez|attends|un instant|un moment|une seconde|une minute|attendez une seconde|attendez un instant"},
			{
				restart, "je recommence|on recommence|je reprends|depuis le debut|je reprends depuis le debut|je recommence depuis le debut|" +
					"je reprends au debut|recommencons|laissez moi recommencer",
			},
			{area, "indicatif|indicatif regional|code regional|indicatif de zone|code de zone"},
			{country, "indicatif pays|indicatif du pays|code pays|code du pays|indicatif international"},
			{rest, "numero|numero de telephone|telephone"},
			{extension, "poste|extension|ext"},
		},
	}
}
