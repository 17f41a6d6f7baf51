package synonyms

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"afterbeep/index/query"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func joined(others []Entry) []string {
	var out []string
	for _, o := range others {
		out = append(out, strings.Join(o.Words, " "))
	}
	return out
}

// one parses a text that has no errors.
func one(t *testing.T, text string) *Lists {
	t.Helper()
	lists, errs := Parse(text)
	if len(errs) > 0 {
		t.Fatalf("Parse: %v", errs)
	}
	return lists
}

func TestOf(t *testing.T) {
	lists := one(t, `
gizmo = widget
[en]
call back = ring back = return my call
call = phone
bill = invoice = statement
statement = declaration
out of order = broken
[es]
factura = recibo
sin = falto de
`)
	tests := []struct {
		name, query string
		at, length  int
		want        []string
	}{
		{"one word", "my bill please", 1, 1, []string{"invoice", "statement"}},
		{"inflected", "bills", 0, 1, []string{"invoice", "statement"}},
		{"longest", "please call back", 1, 2, []string{"ring back", "return my call"}},
		{"inflected phrase", "returned my calls today", 0, 3, []string{"call back", "ring back"}},
		{"irregular", "they rang back", 1, 2, []string{"call back", "return my call"}},
		{"a pronoun between", "call me back", 0, 3, []string{"call back", "ring back", "return my call"}},
		{"two words between", "call me right back", 0, 4, []string{"call back", "ring back", "return my call"}},
		{"a name between", "call peter back", 0, 1, []string{"phone"}},
		{"too many between", "call me and you and back", 0, 1, []string{"phone"}},
		{"cut off", "return my", 0, 0, nil},
		{"begins elsewhere", "please call back", 0, 0, nil},
		{"in two groups", "statement", 0, 1, []string{"bill", "invoice", "declaration"}},
		{"of no language", "widget", 0, 1, []string{"gizmo"}},
		{"of no language, inflected", "widgets", 0, 0, nil},
		{"another language", "facturas", 0, 1, []string{"recibo"}},
		{"function words as written", "out of order", 0, 3, []string{"broken"}},
		{"none", "zebra", 0, 0, nil},
		{"before the words", "bill", -1, 0, nil},
		{"behind the words", "bill", 1, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			length, others := lists.Of(fold(tt.query), tt.at)
			if length != tt.length {
				t.Errorf("got length %d, want %d", length, tt.length)
			}
			if diff := cmp.Diff(tt.want, joined(others)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What two languages write alike is a synonym in each of them.
func TestOfLanguages(t *testing.T) {
	lists := one(t, "offer = auction\n[en]\ncar = auto\n[de]\nAuto = Wagen = Car\n")
	_, others := lists.Of([]string{"auto"}, 0)
	want := []Entry{{"en", []string{"car"}, false}, {"de", []string{"wagen"}, false}, {"de", []string{"car"}, false}}
	if diff := cmp.Diff(want, others); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, others := lists.Of([]string{"offer"}, 0); len(others) != 1 || others[0].Lang != "" {
		t.Errorf("got %v, want one of no language", others)
	}
}

func TestOfNone(t *testing.T) {
	var nothing *Lists
	for name, l := range map[string]*Lists{"nil": nothing, "zero": {}, "empty": one(t, "")} {
		if n, others := l.Of([]string{"bill"}, 0); n != 0 || others != nil {
			t.Errorf("%s: got %d %v, want nothing", name, n, others)
		}
	}
}

func TestParseErrors(t *testing.T) {
	many := "a0" + strings.Repeat(" = b", mostEntries)
	tests := []struct{ name, text, want string }{
		{"alone", "bill", "line 1: a group has at least two entries with = between them, as in: bill = invoice"},
		{"empty entry", "# lists\n\nbill = = invoice", "line 3: entry 2 of the group is empty"},
		{"only signs", "bill = !!", "line 1: entry 2 of the group is empty"},
		{"twice", "bill = Invoice = INVOICE", `line 1: "INVOICE" stands twice in the group`},
		{"too many words", "a = b c d e f g h", `line 1: "b c d e f g h" has 7 words, an entry has at most 6`},
		{"too many entries", many, "line 1: a group has at most 60 entries, this one has 61"},
		{"open bracket", "[en\nbill = invoice", "line 1: a language is written in brackets on a line of its own, as in [en]"},
		{"unknown language", "[klingon]\nbill = invoice", `line 1: the language "klingon" is not known, so its groups are left out; known are`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lists, errs := Parse(tt.text)
			if len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), tt.want) {
				t.Errorf("got %v, want %s", errs, tt.want)
			}
			if lists == nil {
				t.Error("no lists")
			}
		})
	}
}

func TestParseKeepsWhatItCan(t *testing.T) {
	lists, errs := Parse("\ufeffbill = invoice # a comment\r\nnonsense\r\n[EN-us] # English\nrefund = money back\n[xx]\na = b\n[de]\nRechnung = Faktura\n")
	if len(errs) != 2 || lists.Groups() != 3 {
		t.Errorf("got %d groups and %v, want 3 and two errors", lists.Groups(), errs)
	}
	for _, q := range []string{"bill", "refunds", "Rechnungen"} {
		if n, _ := lists.Of(fold(q), 0); n != 1 {
			t.Errorf("%s has no synonym", q)
		}
	}
}

func TestTooManyGroups(t *testing.T) {
	lists, errs := Parse(strings.Repeat("a = b\n", mostGroups+3))
	if len(errs) != 3 || lists.Groups() != mostGroups {
		t.Errorf("got %d groups and %d errors, want %d and 3", lists.Groups(), len(errs), mostGroups)
	}
}

// Whatever the text is, Parse keeps its promises and so does what it returns.
func TestParseAnything(t *testing.T) {
	line := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"[en]", "[de", "a = b", "call back = ring back", "#", "= =", "a = a", "a > b = c", "a > > b", "[zz]"}))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(line).Draw(t, "lines"), "\n")
		lists, errs := Parse(text)
		for _, err := range errs {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("error without a line: %v", err)
			}
		}
		asked := fold(rapid.OneOf(rapid.Just("call me back a b"), rapid.Just(text), rapid.String()).Draw(t, "asked"))
		for at := range asked {
			n, others := lists.Of(asked, at)
			if n < 0 || at+n > len(asked) || n == 0 && others != nil {
				t.Fatalf("Of(%q, %d) = %d %v", asked, at, n, others)
			}
		}
	})
}

// sections returns the lines of groups of the default lists by language, those
// that find one way only apart.
func sections(t *testing.T) map[string][]string {
	out := make(map[string][]string)
	lang := ""
	for line := range strings.Lines(DefaultText()) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.Contains(line, ">"):
		case strings.HasPrefix(line, "["):
			lang = strings.Trim(line, "[]")
		default:
			out[lang] = append(out[lang], line)
		}
	}
	return out
}

func TestDefaultParses(t *testing.T) {
	one(t, DefaultText())
	all := sections(t)
	if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, []string{"de", "en", "es", "fr"}) {
		t.Errorf("languages %v", got)
	}
	for lang, groups := range all {
		if len(groups) < 60 {
			t.Errorf("%s: %d groups, want at least 60", lang, len(groups))
		}
	}
}

// Every member of a default group is found as it is written, with the others.
func TestDefaultGroups(t *testing.T) {
	for lang, groups := range sections(t) {
		for _, g := range groups {
			members := strings.Split(g, "=")
			for i, m := range members {
				m := fold(m)
				n, others := Default().Of(m, 0)
				if n != len(m) {
					t.Errorf("%s: %q is read to its word %d of %d", lang, m, n, len(m))
				}
				for k, other := range members {
					o := fold(other)
					if k != i && !slices.ContainsFunc(others, func(x Entry) bool { return x.Lang == lang && slices.Equal(x.Words, o) }) && !sameStems(lang, m, o) {
						t.Errorf("%s: %q does not find %q", lang, m, o)
					}
				}
			}
		}
	}
}

// sameStems tells whether two entries are inflections of one another.
func sameStems(lang string, a, b []string) bool {
	return slices.EqualFunc(a, b, func(x, y string) bool { return key(lang, x) == key(lang, y) })
}

// manyMeanings are the members that stand in several groups of their language
// on purpose: words that mean different things to different callers.
var manyMeanings = map[string]string{
	"en": "agreement,application,arrive,bag,bank transfer,been down,blackout,bring back,certificate,coach,colleague,contract," +
		"cost,coverage,damage,damaged,daycare,deliver,delivery,didnt come,driver,expire,explain,garage,give notice," +
		"happy,hasnt arrived,insurance,is down,mail,marriage,marry,mechanic,never arrived,never came,never turned up," +
		"no electricity,no power,not arrived,nursery,parking ticket,power outage,purchase,purse,rent,return,running late," +
		"schedule,ship,still waiting for,subscription,surgery,trip,waited all day,went down,withdraw,wrong amount",
	"es": "averia,bloqueado,boda,caida,cambiar,cartera,cobertura,conexion,consulta,contrato,cuenta bancaria,devolver," +
		"documento,estufa,examen,fallo,firma,garaje,inscripcion,juego,justificante,juzgado,limpieza,luz,mecanico,monitor," +
		"muerto,no aparecio,no enciende,no ha llegado,no vino,nunca llego,papa,perdido,reducir,retirar,seguro,sigo esperando," +
		"sin pagar,sin senal,solicitar,supermercado,suscripcion,sustituir,tarifa,traduccion,viaje,vuelo",
	"fr": "abime,absent,achat,acheter,assistance,assurance,attends toujours,cambrioleur,camion,changer,chef,congelateur," +
		"connexion,contrat,coupe,cout,couverture,echeance,endommage,examen,expedier,est pas passe,expedition,fete,garage,garantie," +
		"jamais arrive,jamais recu,justificatif,livraison,livrer,location,maitre,mariage,mecanicien,moniteur,montant," +
		"monter,mutuelle,nettoyage,panne de courant,pas arrive,pas passe,perte,plainte,plus de courant," +
		"police,portail,porter plainte,prelevement,rayure,reservation,responsable,retirer,sac,sans courant,sinistre," +
		"supprimer,tarif,tribunal,vol,voyage",
	"de": "abfahrt,ankommen,anmeldung,ansprechpartner,arbeit,arbeitsplatz,beantragen,beenden,bestatigung,bestellen,bestellung," +
		"betrag,blockiert,boiler,buchen,buchung,bussgeld,diebstahl,einbruch,fahrt,flug,gesprach,heizung,hochzeit,impfen," +
		"impfung,information,job,kam nicht,kosten,liefern,lieferung,mechaniker,nicht angekommen,nicht gekommen,nicht geliefert," +
		"nie angekommen,noch nicht da,offene rechnung,operation,paketbote,panne,pannendienst,putzen,rad,reinigen,reinigung," +
		"reise,rohr geplatzt,rohrbruch,ruckmeldung,ruckruf,springt nicht an,stimmt nicht,storung,stromausfall,tasche," +
		"tauschen,termin vereinbaren,uberweisen,uberweisung,umtausch,vermietung,versicherung,verspatung,vertrag,verzogerung," +
		"warte immer noch,wohnung,zahn,zerbrochen,zerkratzt,zusteller",
}

// A member in two groups joins what they mean, so each is listed here.
func TestDefaultMembersStandOnce(t *testing.T) {
	for lang, groups := range sections(t) {
		seen := make(map[string]int)
		for i, g := range groups {
			for m := range strings.SplitSeq(g, "=") {
				m := strings.Join(fold(m), " ")
				wanted := slices.Contains(strings.Split(manyMeanings[lang], ","), m)
				if before, ok := seen[m]; ok && !wanted {
					t.Errorf("%s: %q stands in %q and %q", lang, m, groups[before], g)
				}
				seen[m] = i
			}
		}
	}
}

func TestDefaultAnswers(t *testing.T) {
	tests := []struct{ query, want string }{
		{"call me back", "return my call"},
		{"rang back", "call back"},
		{"get back to me", "callback"},
		{"refunds", "money back"},
		{"cancelled", "terminate"},
		{"not working", "defective"},
		{"appointments", "booking"},
		{"elevator", "lift"},
		{"reembolso", "devolucion del dinero"},
		{"facturas", "recibo"},
		{"no funciona", "averiado"},
		{"móvil", "celular"},
		{"rappelez moi", "recontacter"},
		{"rendez-vous", "rdv"},
		{"en panne", "defectueux"},
		{"Rückruf", "zuruckrufen"},
		{"Fahrstuhl", "aufzug"},
		{"gekündigt", "stornieren"},
	}
	for _, tt := range tests {
		q := fold(tt.query)
		n, others := Default().Of(q, 0)
		if n != len(q) || !slices.Contains(joined(others), tt.want) {
			t.Errorf("Of(%q) = %d %q, want %d with %q", tt.query, n, joined(others), len(q), tt.want)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	var asked []string
	for _, tok := range query.Tokens("please call me back about the refund of my invoice it is not working") {
		asked = append(asked, tok.Text)
	}
	for range b.N {
		for at := range asked {
			Default().Of(asked, at)
		}
	}
}
