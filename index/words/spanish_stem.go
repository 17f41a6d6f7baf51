package words

import "strings"

var (
	// spanishPronouns are what an order hangs on to ("llámeme", "avísame"), and
	// a future that only its accent tells from a subjunctive ("llamaré").
	spanishPronouns = cutting(4, 1, `abamos>ar aramos>ar ieramos>er are>ar ere>er ire>ir ira>ir iras>ir iran>ir vera>ver veran>ver ndera>nder nderan>nder cera>cer ceran>cer gera>ger bera>ber beran>ber ame>a eme>e anme>an enme>en amelo>a emelo>e amela>a emela>e aselo>a eselo>e`)
	// spanishEndings are those that Snowball's stemmer knows by their accent.
	spanishEndings = cutting(3, 3, `i ais eis areis ereis ireis ariais eriais iriais iais iereis asteis isteis abais arais ari eri iri aria eria iria iam ia io e pondr>pon pong>pon tendr>ten teng>ten vendr>ven veng>ven qu>c gu>g z>c j>g`)
	// spanishLong are endings that would leave too little of short stems.
	spanishLong = cutting(5, 1, `ab ar er ir ier`)
)

// spanishStems are stems that a verb changes to, with that of its infinitive.
const spanishStems = `devuelv,devuelt>devolv vuelv,vuelt>volv encuentr>encontr cuent>cont cierr>cerr pierd>perd quier,quis,querr>quer pued,pud,podr>pod
prueb>prob recuerd>record muev>mov cuest>cost entiend>entend empiec>empec comienc>comenc pid>ped repit>repet sirv>serv sig>seg atiend>atend
defiend>defend enciend>encend tien,teng,tuv,tuvier,tendr>ten vien,veng,vin,vinier,vendr>ven pong,pus,puest,pondr>pon hag,hic,hech,har>hac dig,dic,dich,dir>dec
traig,trag>tra salg,saldr>sal rot>romp escrit>escrib abiert>abrir cubiert>cubr descubiert>descubr muer,muert>mor duel>dol resuelv,resuelt>resolv
acuest>acost almuerc>almorc aprueb>aprob muestr>mostr suen>son vuel>vol juega>jug jueg>jug llueve>llov consig>conseg despid>desped
elig>eleg corrig>correg mid>med sient>sent prefier>prefer sugier>suger requier>requer inviert>invert conviert>convert mient>ment
duerm,durm>dorm piens>pens calient>calent recomiend>recomend manifiest>manifest gobiern>gobern niev>nev nieg>neg rieg>reg
sup,sabr,sep>sab cab,quep>cab conduc,condug>conduc traduc,tradug>traduc produc,produg>produc reduc,redug>reduc
contien,conteng,contuv>conten obtien,obteng,obtuv>obten mantien,manteng,mantuv>manten deteng,detien,detuv>deten retien,reteng,retuv>reten
conteste>contest fui,fue,fuer,va,van,vay,vamos,voy,id,iend>ir di,dio,dier,doy>dar construy>constru incluy>inclu destruy>destru sustituy>sustitu`

// spanishForms are forms that the rules would misread.
const spanishForms = `confirme>confirma firme>firma informe>informa afirme>afirma abro,abre,abren,abri,abra,abran>abrir uso,usa,use,usan>usar
repara,repare,reparan,reparen>reparar prepara,prepare,preparan,preparen>preparar separa,separe,separan>separar compara,compare,comparan>comparar declara,declare,declaran>declarar aclara,aclare,aclaran,aclaren>aclarar espere>espera opere>opera mire,mira,miran>mirar acera,aceras>acera tercera,terceras>tercero
considere>considera recupere>recupera genere>genera coopere>coopera retire,retira,retiran,retiras>retirar admira,admiran>admirar respira,respiran>respirar expira,expiran>expirar estira>estirar conspira>conspirar inspira>inspirar tire,tira,tiran>tirar gire,gira,giran>girar quiere>querer requiere>requerir prefiere>preferir sugiere>sugerir adquiere>adquirir
refiere>referir`

// spanishApart are words that share what endings leave with a word of another
// meaning, by which they would be found in nearly every message: "todo el rato" has
// no rats, and "este mes" no table.
const spanishApart = `rato,ratos>rato mesa,mesas>mesa caso,casos>caso plazo,plazos>plazo puerto,puertos>puerto libro,libros>libro sala,salas>sala
cuenta,cuentas>cuenta tela,telas>tela modo,modos>modo parto,partos>parto`

// stemSpanish wraps Snowball's stemmer: the rest of a stem that the lost
// accents left on, the letters that change in writing only (busque, buscar;
// veces, vez; pague, pagar), then the verbs that change their stem.
func stemSpanish(snowball func(string) string) func(string) string {
	forms := replacing(spanishForms)
	cut := func(word string) string {
		word = spanishPronouns.apply(forms(word))
		if root, ok := strings.CutSuffix(word, "ion"); ok && (strings.HasSuffix(root, "c") || strings.HasSuffix(root, "s")) {
			word = root + "ión"
		}
		return snowball(word)
	}
	rest := func(stem string) string {
		return strings.ReplaceAll(spanishLong.apply(spanishEndings.apply(stem)), "zc", "c")
	}
	stem, apart := verbs(cut, rest, spanishStems), pairs(spanishApart)
	return func(word string) string {
		if to, ok := apart[word]; ok {
			return to
		}
		return stem(word)
	}
}
