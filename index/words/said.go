package words

import "strings"

// SaidAs returns how a recogniser that goes by ear may write a folded name that
// is not said as it is spelled, "shivon" for "siobhan"; none for most words. A
// word may sound like such a name and look nothing like it: compare it with
// these, too. The slice is shared: don't change it.
func SaidAs(folded string) []string { return saidAs[folded] }

// saidAs are names and places that are not said as English spelling would have
// it, with what a recogniser that goes by ear may write for them. They get the
// Double Metaphone codes of these spellings as well.
var saidAs = func() map[string][]string {
	out := make(map[string][]string)
	for _, p := range strings.Fields(saidList) {
		name, said, _ := strings.Cut(p, ">")
		for n := range strings.SplitSeq(name, ",") {
			out[n] = strings.Split(said, ",")
		}
	}
	return out
}()

const saidList = `
sean,shaun,shawn>shawn siobhan>shivawn,shivon niamh>neev caoimhe>keeva,kweeva aoife>eefa saoirse>seersha,sersha eoin,eoghan>owen ciara>keera,kiara ciaran>keeran
grainne>grawnya roisin>rosheen sinead>shinaid,shinade padraig>patrick,paudrig oisin>usheen,osheen aisling>ashling cathal>cahal diarmuid>dermot tadhg>tige,tig
maeve,medb>mave maire>moira seamus>shaymus eilidh>aylee,ailee catriona>katrina mhairi>vari ruairi,rory>rory cillian>killian daithi>dahee donnacha>dunaka
nguyen>win,nwen,newen ng>ing tran>tran pham>fam phan>fan phuong>fung,fuong huynh>win,hwin thuy>twee trinh>trin vuong>vong duong>zung,dung
xavier>zavier,savier,havier javier>havier,xavier joaquin>wakeen,hwakin jorge>horhay,horhe jose>hosay juan>wan,hwan jesus>hesus jimenez,gimenez,ximenez>himenez
guillermo>giyermo,guiyermo villa>viya castillo>castiyo trujillo>truhiyo murillo>muriyo carrillo>cariyo vallejo>vayeho padilla>padiya medellin>medeyin
alejandro>alehandro alejandra>alehandra beltran>beltran julio>hulio julian>hulian julia>hulia javi>havi angel>anhel rogelio>rohelio sergio>serhio virginia>virhinia
quiroga>kiroga quintero>kintero enrique>enrike mejia>mehia mojica>mohica juarez>huarez,warez quique>kike hernan>ernan hector>ektor hugo>ugo helena>elena
wojcik>voychik,wojick,voycik wojciech>voychek,voytek krzysztof>kshishtof,kristof przybylski>pshibilski szymon>shimon szczepan>shchepan szczepanski>shepanski kowalczyk>kovalchik
grzegorz>gzhegosh,gregor czeslaw>cheslav lukasz>wukash,lukash malgorzata>malgozhata katarzyna>katazhina agnieszka>agnyeshka zbigniew>zbignyev
nowak>novak wisniewski>vishnevski lewandowski>levandovski wozniak>voznyak jan>yan janek>yanek jakub>yakub jacek>yatsek jerzy>yezhi johann,johan>yohan
jurgen>yurgen jorg>yorg joachim>yoakim jens>yens bjorn>byorn sjoerd>shurd joost>yost jeroen>yerun joris>yoris jaap>yap
zhang>jang,chang zhao>jao,chow zhou>joe,chou zhu>joo xiao>shao xu>shoo xie>shieh xiong>shong qian>chien qin>chin qiu>choo cui>tsui cai>tsai cao>tsao huang>hwang,wong
leicester>lester worcester>wooster gloucester>gloster bicester>bister alnwick>annick warwick>warrick greenwich>grennich norwich>norrich southwark>suthark
cholmondeley>chumley beauchamp>beecham featherstonehaugh>fanshaw mainwaring>mannering marjoribanks>marchbanks dalziel,dalzell>deeyell menzies>mingis colquhoun>cahoon
wemyss>weems cockburn>coburn urquhart>erkert farquhar>farker milngavie>mulguy kirkcudbright>kircoobri strachan>strawn buccleuch>bucloo auchinleck>affleck
belvoir>beaver beaulieu>bewley holborn>hoburn thames>tems edinburgh>edinburra loughborough>luffbura islay>eyela plymouth>plimuth derby>darby berkshire>barksher hertford>harford
houston>hewston,howston arkansas>arkansaw illinois>illinoy tucson>tooson boise>boysee cannes>can versailles>versai,versales detroit>ditroit louisville>luavil
mackay>mackeye mcleod,macleod>macloud graham>gram,grayam craig>creg bryan,brian>brian stephen>steven geoffrey>jeffrey leigh>lee hugh>hue,hew hughes>hues
knight>nite wright>rite wray>ray phoebe>feebee chloe>cloee zoe>zoee yvonne>evon yves>eve yvette>evet guy>gee giles>jiles isla>eyela isaac>izac michaela>mikayla
rhys,reece>reese gwyn>gwin lloyd>loid llewellyn>luellen dafydd>david ieuan>yeyan huw>hew sian>sharn nia>neea cerys>kerris angharad>anharad
matthieu>matyu thierry>tierry,terry francois>fransua,franswa benoit>benwa antoine>antwan guillaume>geeyom,giyom gilles>zheel jacques>zhak,jack jean>zhon,john
renault,renaud>reno,renno thibault,thibaud,thibaut>tibo,teebo girard>jirar gerard>jerar bernard>bernar michaud>mishow arnaud,arnault>arno gauthier>gotier,gotye
beaumont>bomont chevalier>shevalier dubois>dubwa dupont>dupon leclerc>lecler lefebvre,lefevre>lefev,lefevre peugeot>pujo citroen>sitroen bordeaux>bordo rousseau>russo moreau>moro
marseille>marsay lyon>leon reims>rance rennes>ren nantes>nant
siemens>zeemens volkswagen>folksvagen goethe>gerta,gurta boeing>boing wagner>vagner weber>veber,vayber werner>verner winkler>vinkler wolfgang>volfgang volker>folker
kuhn>koon koch>cook,kock bach>back braun>brown schroeder,schroder>shrader,shroder roentgen>rentgen moller,moeller>meller,muller koenig,konig>kenig,kunig
yusuf,youssef,yousef>yusef mohamed,muhammad,mohammed,mohammad,mohamad,muhammed>mohamed hussein,hussain,husain>husein ahmed,ahmad>ahmed khadija>kadija
shah>sha singh>sing kaur>core bhatt>but agarwal,aggarwal>agrawal chaudhry,choudhury>chowdry krishnan>krishnan venkatesh>venkatesh
`
