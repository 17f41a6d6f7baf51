package request

import (
	"embed"
	"sync"
)

//go:embed lang/*.txt
var files embed.FS

// languageSet is every language that has rules, and one of a few words for all others.
type languageSet struct {
	byLang map[string]*grammar
	list   []*grammar
	other  *grammar
}

// grammars reads the languages' files, once. They are part of the program and
// every one is read in tests: a mistake in them never reaches anybody.
var grammars = sync.OnceValue(func() languageSet {
	set := languageSet{byLang: map[string]*grammar{}}
	for _, lang := range []string{"en", "es", "fr", "de"} {
		g := mustBuild(lang)
		set.byLang[lang] = g
		set.list = append(set.list, g)
	}
	set.other = mustBuild("")
	return set
})

func mustBuild(lang string) *grammar {
	name := lang
	if name == "" {
		name = "other"
	}
	text, err := files.ReadFile("lang/" + name + ".txt")
	if err != nil {
		panic(err)
	}
	g, err := build(lang, string(text))
	if err != nil {
		panic("lang/" + name + ".txt: " + err.Error())
	}
	return g
}
