package words

// c writes what a c at i sounds like, and returns the letters it took.
func (m *metaphone) c(i int) int {
	switch {
	case m.hardACH(i):
		return m.take(2, "K", "K")
	case i == 0 && m.has(0, "caesar"):
		return m.take(2, "S", "S")
	case m.has(i, "ch"):
		return m.ch(i)
	case m.has(i, "cz") && !m.has(i-2, "wicz"): // Czerny
		return m.take(2, "S", "X")
	case m.has(i+1, "cia"): // focaccia
		return m.take(3, "X", "X")
	case m.has(i, "cc") && !(i == 1 && m.near(0, "m")): // McClellan is none
		return m.cc(i)
	case m.has(i, "ck", "cg", "cq"):
		return m.take(2, "K", "K")
	case m.has(i, "cio", "cie", "cia"):
		return m.take(2, "S", "X")
	case m.has(i, "ci", "ce", "cy"):
		return m.take(2, "S", "S")
	case m.near(i+1, "ckq") && !m.has(i+1, "ce", "ci"):
		return m.take(2, "K", "K")
	}
	return m.take(1, "K", "K")
}

// hardACH tells the Germanic "ach", as in Bacher, and the Italian "chia".
func (m *metaphone) hardACH(i int) bool {
	if m.has(i, "chia") {
		return true
	}
	if i < 2 || m.vowel(i-2) || !m.has(i-1, "ach") {
		return false
	}
	return !m.near(i+2, "ie") || m.has(i-2, "bacher", "macher")
}

func (m *metaphone) ch(i int) int {
	switch {
	case i > 0 && m.has(i, "chae"): // Michael
		return m.take(2, "K", "X")
	case i == 0 && m.has(1, "harac", "haris", "hor", "hym", "hia", "hem") && !m.has(0, "chore"): // Greek: chemistry, chorus
		return m.take(2, "K", "K")
	case m.hardCH(i):
		return m.take(2, "K", "K")
	case i == 0:
		return m.take(2, "X", "X")
	case m.has(0, "mc"): // McHugh
		return m.take(2, "K", "K")
	}
	return m.take(2, "X", "K")
}

// hardCH tells the Germanic and Greek "ch": before t, s and other consonants,
// at the end, in orchestra and architect.
func (m *metaphone) hardCH(i int) bool {
	if m.has(0, "sch") || m.has(i-2, "orches", "archit", "orchid") || m.near(i+2, "ts") {
		return true
	}
	return (i == 0 || m.near(i-1, "aoue")) && (m.near(i+2, "lrnmbhfvw") || i+2 >= len(m.word))
}

func (m *metaphone) cc(i int) int {
	if !m.near(i+2, "ieh") || m.has(i+2, "hu") { // bacchus
		return m.take(2, "K", "K")
	}
	if i == 1 && m.near(0, "a") || m.has(i-1, "uccee", "ucces") { // accident, succeed
		return m.take(3, "KS", "KS")
	}
	return m.take(3, "X", "X") // bertucci
}

// g writes what a g at i sounds like, and returns the letters it took.
func (m *metaphone) g(i int) int {
	switch {
	case m.near(i+1, "h"):
		return m.gh(i)
	case m.near(i+1, "n"):
		return m.gn(i)
	case m.has(i+1, "li") && !m.slavoGermanic: // tagliaro
		return m.take(2, "KL", "L")
	case i == 0 && (m.near(1, "y") || m.has(1, "es", "ep", "eb", "el", "ey", "ib", "il", "in", "ie", "ei", "er")):
		return m.take(2, "K", "J")
	case m.hardGER(i):
		return m.take(2, "K", "J")
	case m.near(i+1, "eiy"), m.has(i-1, "aggi", "oggi"):
		return m.softG(i)
	}
	return m.run(i, "K", "g")
}

func (m *metaphone) hardGER(i int) bool {
	return (m.has(i+1, "er") || m.near(i+1, "y")) && !m.has(0, "danger", "ranger", "manger") &&
		!m.near(i-1, "ei") && !m.has(i-1, "rgy", "ogy")
}

func (m *metaphone) softG(i int) int {
	switch {
	case m.has(0, "sch"), m.has(i+1, "et"):
		return m.take(2, "K", "K")
	case m.has(i+1, "ier"):
		return m.take(2, "J", "J")
	}
	return m.take(2, "J", "K")
}

func (m *metaphone) gh(i int) int {
	switch {
	case i > 0 && !m.vowel(i-1):
		return m.take(2, "K", "K")
	case i == 0 && m.near(2, "i"): // Ghislaine, Ghiradelli
		return m.take(2, "J", "J")
	case i == 0:
		return m.take(2, "K", "K")
	case m.near(i-2, "bhd"), m.near(i-3, "bhd"), m.near(i-4, "bh"): // Hugh, bough, broughton
		return 2
	case m.near(i-1, "u") && m.near(i-3, "cglrt"): // laugh, McLaughlin, cough, rough
		return m.take(2, "F", "F")
	case !m.near(i-1, "i"):
		return m.take(2, "K", "K")
	}
	return 2
}

func (m *metaphone) gn(i int) int {
	switch {
	case i == 1 && m.vowel(0) && !m.slavoGermanic:
		return m.take(2, "KN", "N")
	case !m.has(i+2, "ey") && !m.slavoGermanic: // Cagney is not like this
		return m.take(2, "N", "KN")
	}
	return m.take(2, "KN", "KN")
}

// s writes what an s at i sounds like, and returns the letters it took.
func (m *metaphone) s(i int) int {
	switch {
	case m.has(i-1, "isl", "ysl"): // island, Carlysle
		return 1
	case i == 0 && m.has(0, "sugar"):
		return m.take(1, "X", "S")
	case m.has(i, "sheim", "shoek", "sholm", "sholz"):
		return m.take(2, "S", "S")
	case m.has(i, "sh"):
		return m.take(2, "X", "X")
	case m.has(i, "sio", "sia"):
		if m.slavoGermanic {
			return m.take(3, "S", "S")
		}
		return m.take(3, "S", "X")
	case m.near(i+1, "z"):
		return m.take(2, "S", "X")
	case i == 0 && m.near(1, "mnlw"): // Smith, Schmidt; Snider, Schneider
		return m.take(1, "S", "X")
	case m.has(i, "sc"):
		return m.sc(i)
	}
	first := "S"
	if m.last(i) && m.has(i-2, "ai", "oi") { // Resnais, Artois
		first = ""
	}
	m.both(first, "S")
	if m.near(i+1, "s") {
		return 2
	}
	return 1
}

func (m *metaphone) sc(i int) int {
	switch {
	case m.near(i+2, "h"):
		return m.sch(i)
	case m.near(i+2, "iey"):
		return m.take(3, "S", "S")
	}
	return m.take(3, "SK", "SK")
}

func (m *metaphone) sch(i int) int {
	switch {
	case m.has(i+3, "er", "en"): // Schermerhorn
		return m.take(3, "X", "SK")
	case m.has(i+3, "oo", "uy", "ed", "em"): // school
		return m.take(3, "SK", "SK")
	case i == 0 && !m.vowel(3) && !m.near(3, "w"): // Schmidt, Smith
		return m.take(3, "X", "S")
	}
	return m.take(3, "X", "X")
}
