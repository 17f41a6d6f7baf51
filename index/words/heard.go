package words

import "strings"

// mostHeard is how many other spellings of one word are asked for: each is a
// look into the dictionary.
const mostHeard = 3

// heardAs returns spellings that sound like a folded word in the language of a
// name, but not to Double Metaphone, which hears English: "ernandez" for
// "hernandez", "boushar" for "bouchard". The index knows a word by its own
// spelling alone, so both sides are covered by asking.
func heardAs(word string) []string {
	var out []string
	add := func(to string) {
		if to != word && len(to) >= shortestSound && len(out) < mostHeard {
			out = append(out, to)
		}
	}
	switch first, second := word[0], word[1]; {
	case first == 'h' && vowel(second):
		add(word[1:])
	case vowel(first) && first != 'y':
		add("h" + word)
	case first == 'v':
		add("b" + word[1:])
	case first == 'b' && vowel(second):
		add("v" + word[1:])
	case first == 'y' && vowel(second):
		add("ll" + word[1:])
	case strings.HasPrefix(word, "ll"):
		add("y" + word[2:])
	case first == 'w' && vowel(second):
		add("v" + word[1:])
	}
	for i := 1; i+1 < len(word); i++ { // kowalski, kovalsky
		if word[i] == 'w' && vowel(word[i+1]) {
			add(word[:i] + "v" + word[i+1:])
		} else if word[i] == 'v' && vowel(word[i+1]) && !vowel(word[i-1]) {
			add(word[:i] + "w" + word[i+1:])
		}
	}
	for _, r := range heardEndings {
		if root, ok := strings.CutSuffix(word, r[0]); ok && len(root) >= shortestSound {
			add(root + r[1])
			break
		}
	}
	if i := strings.Index(word, "nds"); i > 0 { // lindsay, linsey
		add(word[:i+1] + word[i+2:])
	}
	return out
}

// heardEndings are what the end of a name is heard as, most of them French.
var heardEndings = [][2]string{
	{"ault", "o"}, {"auld", "o"}, {"eaux", "o"}, {"eau", "o"}, {"aud", "o"}, {"aut", "o"}, {"aux", "o"}, {"ot", "o"}, {"illes", "y"},
	{"champs", "chan"}, {"champ", "chan"}, {"rz", "rts"}, {"ard", "ar"}, {"art", "ar"}, {"ert", "er"}, {"ier", "ie"}, {"ois", "wa"}, {"oit", "wa"}, {"oix", "wa"},
	{"ff", "v"}, {"off", "ov"}, {"kov", "koff"},
}

func vowel(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }
