package words

var (
	// frenchEndings are those that Snowball's stemmer knows by their accent.
	frenchEndings = cutting(4, 4, `e ee es ees erent eren er ement os>o us>u is>i as>a ent ons eons oir i oi>oi ai>ai oit>oi oient>oi ell>el ett>et enn>en onn>on y>i oy>oi ay>ai`)
	// frenchLast are those that may leave less of a word, and more.
	frenchLast  = cutting(3, 2, `e y>i`)
	frenchFirst = cutting(5, 1, `on eon`)
)

// frenchStems are stems that are written in two ways, or that a word changes to.
const frenchStems = `choisi,choisiss>chois fini,finiss>fin rempli,rempliss>rempl subi,subiss>sub fourni,fourniss>fourn averti,avertiss>avert
rappell>rappel travau>travail messieur,monsieur>monsieur mesdam>madam mesdemoisel,mesdemoisell>mademoisell achet,achat>achet prelev>prelev
premier>premi dernier>derni`

// stemFrench wraps Snowball's stemmer: forms of irregular verbs become their
// infinitive before, and behind it goes the rest of a stem that the lost accents
// left on.
func stemFrench(snowball func(string) string) func(string) string {
	irregular := frenchIrregular()
	cut := func(word string) string {
		if infinitive, ok := irregular[word]; ok {
			word = infinitive
		}
		return snowball(word)
	}
	return verbs(cut, chain(frenchEndings.apply, frenchFirst.apply, frenchEndings.apply, frenchLast.apply), frenchStems)
}
