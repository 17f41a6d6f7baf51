package words

var (
	// frenchEndings are those that Snowball's stemmer knows by their accent.
	frenchEndings = cutting(4, 4, `e ee es ees erent eren er ement os>o us>u is>i as>a ent ons eons oir i oi>oi ai>ai oit>oi oient>oi ell>el ett>et enn>en onn>on y>i oy>oi ay>ai`)
	// frenchLast are those that may leave less of a word, and more.
	frenchLast  = cutting(3, 2, `e y>i`)
	frenchFirst = cutting(5, 1, `on eon`)
)

// frenchStems are stems that a verb or noun changes to, with that of its infinitive.
const frenchStems = `recoi,recoiv,recu,recev>recev dois,doit,devoir,doiv,dev,devr>dev peux,peut,peuv,pouv,pourr,puiss>pouv veux,veut,voulu,veul,voul,voudr,veuill>voul fai,fais,fait,fer,faisi>fair
pris,pren,prend,prendr,prenn>prend mis,met,mett,mettr>mett rend,rendu,rendr>rend perd,perdu,perdr>perd vend,vendu,vendr>vend attend,attendu,attendr>attend
repond,repondu,repondr>repond entend,entendu,entendr>entend descend,descendu,descendr>descend venu,vien,viens,vienn,viendr,ven>ven tenu,tien,tienn,tiendr,ten>ten
revenu,revien,revienn,reviendr,reven>reven prevenu,previen,previenn,previendr,preven>preven obtenu,obtien,obtienn,obtiendr,obten>obten
appris,appren,apprend,apprenn>apprend compris,compren,comprend,comprenn>comprend repris,repren,reprend,reprenn>reprend remis,remet,remett>remett permis,permet,permett>permett
transmis,transmet,transmett>transmett promis,promet,promett>promett dit,dis,disi,dir>dir ecrit,ecri,ecriv,ecrir>ecrir inscrit,inscriv,inscrir>inscrir lu,lis,lir>lir
vu,voi,voi,voy,verr,voir>voir su,sai,sais,sav,saur,savoir>sav connu,connai,connaiss,connaitr>connaitr ouvert,ouvr>ouvr couvert,couvr>couvr offert,offr>offr
choisi,choisiss,chois>chois fini,finiss,fin>fin rempli,rempliss,rempl>rempl subi,subiss>sub fourni,fourniss,fourn>fourn averti,avertiss,avert>avert
suivi,suiv,suivr>suiv construit,construis,construir>construir conduit,conduis,conduir>conduir produit,produis,produir>produir detruit,detruis>detruir
envoi,enverr,envoy>envoi renvoi,renverr,renvoy>renvoi pai,payer,paier>pai essai,essaier>essai rappell>rappel joint,join,joindr>join rejoint,rejoin>rejoin
eteint,etein,eteindr>etein peint,pein>pein crain,craint>crain plain,plaint>plain parti,part>part sorti,sort>sort servi,serv>serv dormi,dorm>dorm
courru,cour,couru>cour mort,meur,mour>mour decu,decoiv,decev>decev apercu,apercev>apercev bu,boi,boiv,buv>boir cru,croi,croir>croir
acqui,acquer>acquer resolu,resolv,resoudr>resoudr plu,pleut,pleuv>pleuv valu,val,vaut>val fallu,faut,faudr>faut travaux,travail,travau>travail
yeux>oeil oeil>oeil messieurs,monsieur>monsieur mesdames,madame>madame mesdemoiselles>mademoiselle achet,achat>achet preleve,prelev>prelev ach>achet
maintenu,maintien,maintienn,mainten>mainten contenu,contien,contienn,conten>conten deplac>deplac perdu>perd bloqu>bloqu debloqu>debloqu`

// frenchForms are forms that the rules would misread.
const frenchForms = `connais,connait,connaissons,connaissez,connaissent,connaissais,connaissait,connu,connue,connus,connues>connaitre travaux>travail
paie,paies,paient,paye,payons>payer vient,viens>venir tient,tiens>tenir`

// stemFrench wraps Snowball's stemmer: the rest of a stem that the lost accents
// left on, then the verbs that change their stem.
func stemFrench(snowball func(string) string) func(string) string {
	return verbs(chain(replacing(frenchForms), snowball), chain(frenchEndings.apply, frenchFirst.apply, frenchEndings.apply, frenchLast.apply), frenchStems)
}
