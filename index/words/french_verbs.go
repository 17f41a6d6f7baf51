package words

import "strings"

// frenchVerbs are the irregular verbs, one a line: the infinitive, then behind
// each slash the stems of present and imperfect, those of the participle, that
// of the future, and what may stand before the verb ("-": nothing may not).
const frenchVerbs = `
prendre/prend,pren,prenn/pris/prendr/ap com re sur entre
mettre/met,mett/mis/mettr/ad com e o per pro re sou trans
venir/vien,ven,vienn/venu/viendr/con de inter par pre pro re sou
tenir/tien,ten,tienn/tenu/tiendr/appar con de entre main ob re sou
cevoir/coi,cev,coiv/cu/cevr/- aper con de per re
voir/voi,voy/vu/verr/entre re
savoir/sai,sav,sach/su/saur/
pouvoir/peu,pouv,peuv,puiss/pu/pourr/
vouloir/veu,voul,veul,veuill/voulu/voudr/
devoir/doi,dev,doiv/du/devr/
faire/fai,fais,fass/fait/fer/de re satis
dire/di,dis/dit/dir/contre inter pre re
lire/li,lis/lu/lir/e re
crire/cri,criv/crit/crir/- de des e ins pres recon re sous trans reins
suivre/suiv/suivi,suit/suivr/pour
vivre/vi,viv/vecu/vivr/re sur
ouvrir/ouvr/ouvert/ouvrir/entr r
couvrir/couvr/couvert/couvrir/de re
offrir/offr/offert/offrir/s
mourir/meur,mour/mort/mourr/
fuir/fui,fuy/fui/fuir/en
joindre/join,joign/joint/joindr/ad con dis re
teindre/tein,teign/teint/teindr/at de e re
peindre/pein,peign/peint/peindr/de re
craindre/crain,craign/craint/craindr/
plaindre/plain,plaign/plaint/plaindr/
connaitre/connai,connaiss/connu/connaitr/me re
paraitre/parai,paraiss/paru/paraitr/ap com dis re
croire/croi,croy/cru/croir/
boire/boi,buv,boiv/bu/boir/
duire/dui,duis/duit/duir/- con de intro pro re recon repro se tra
struire/strui,struis/struit/struir/- con in recon
truire/trui,truis/truit/truir/- de
cuire/cui,cuis/cuit/cuir/
querir/quier,quer/quis/querr/- ac con re
resoudre/resou,resolv/resolu/resoudr/
envoyer/envoi,envoy/envoye/enverr/r
payer/pai,pay/paye/paier/re
rendre/rend/rendu/rendr/
vendre/vend/vendu/vendr/re
pendre/pend/pendu/pendr/de sus
tendre/tend/tendu/tendr/at de en e pre re
perdre/perd/perdu/perdr/
mordre/mord/mordu/mordr/
pondre/pond/pondu/pondr/- cor re
fondre/fond/fondu/fondr/con
descendre/descend/descendu/descendr/re
battre/bat,batt/battu/battr/a com de ra re
rompre/romp/rompu/rompr/cor inter
`

// frenchShort are forms of verbs whose stem would take other words along.
const frenchShort = `pars,part,partons,partez,partent,partais,partait,parti,partie,partis,parties>partir sors,sort,sortons,sortez,sortent,sortait,sorti,sortie,sortis>sortir
sers,sert,servons,servez,servent,servait,servi,servie>servir dors,dort,dormons,dormez,dorment,dormait,dormi>dormir sens,sent,sentons,sentez,sentent,sentait,senti>sentir
vu,vue,vus,vues>voir su,sue,sus>savoir lu,lue,lus,lues>lire travaux>travail tuyaux>tuyau yeux>oeil`

var (
	frenchPresent    = []string{"", "s", "t", "x", "e", "es", "ons", "ez", "ent", "ais", "ait", "ions", "iez", "aient", "ant"}
	frenchParticiple = []string{"", "e", "s", "es"}
	frenchFuture     = []string{"ai", "as", "a", "ons", "ez", "ont", "ais", "ait", "ions", "iez", "aient"}
)

// frenchIrregular returns the forms of the irregular verbs, each with its
// infinitive. A form of several verbs is of the first one listed.
func frenchIrregular() map[string]string {
	out := pairs(frenchShort)
	put := func(form, infinitive string) {
		if _, ok := out[form]; !ok && len(form) > 2 {
			out[form] = infinitive
		}
	}
	for _, line := range strings.Fields(strings.ReplaceAll(frenchVerbs, " ", ",")) {
		part := strings.Split(line, "/")
		before := strings.Split(part[4], ",")
		if before[0] == "-" {
			before = before[1:]
		} else if before[0] != "" {
			before = append(before, "")
		}
		for _, p := range before {
			for i, endings := range [][]string{frenchPresent, frenchParticiple, frenchFuture} {
				for stem := range strings.SplitSeq(part[i+1], ",") {
					for _, e := range endings {
						put(p+stem+e, p+part[0])
					}
				}
			}
		}
	}
	return out
}
