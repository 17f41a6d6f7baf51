package words

import (
	"strings"
	"testing"
)

// surnames are Double Metaphone codes as published with Stephen Woodbridge's
// port of Lawrence Philips' program, cut at four letters as there: the usual
// code, and behind the slash the other one where it differs.
const surnames = `
allerton:ALRT architure:ARKT acton:AKTN aiken:AKN alcock:ALKK allen:ALN alwein:ALN andreyco:ANTR annabel:ANPL anne:AN appling:APLN arnold:ARNL
bachelour:PXLR/PKLR baldwin:PLTN balsley:PLSL barker:PRKR basley:PSL batchlor:PXLR bayes:PS bayley:PL beale:PL bereford:PRFR berry:PR bigelow:PJL/PKLF
bigg:PK black:PLK bloetgoet:PLTK blount:PLNT bodman:PTMN boncoeur:PNKR boscawen:PSKN bowne:PN bradder:PRTR brainard:PRNR brent:PRNT brenton:PRNT
briggs:PRKS bronson:PRNS brooks:PRKS brown:PRN brzozowski:PRSS/PRTS buide:PT bunker:PNKR burgoyne:PRKN burke:PRK burpee:PRP butler:PTLR canada:KNT
canmore:KNMR capet:KPT carpenter:KRPN casey:KS ceeley:SL chambers:XMPR cheney:XN chevalier:XFL/XFLR chubbuck:XPK clarke:KLRK cleare:KLR clerke:KLRK
close:KLS clothilde:KL0L/KLTL coburn:KPRN coburne:KPRN coffin:KFN coffyn:KFN collier:KL/KLR compton:KMPT cone:KN cooke:KK cooper:KPR
copperthwaite:KPR0/KPRT corell:KRL corlies:KRLS cosgrove:KSKR creagmile:KRKM crispin:KRSP dustin:TSTN eberbach:APRP ellis:ALS fallowell:FLL feke:FK
fischer:FXR/FSKR fisk:FSK folger:FLKR/FLJR foliot:FLT fraley:FRL frascella:FRSL gallishan:KLXN garrett:KRT gassner:KSNR godwin:KTN goodale:KTL
goodnow:KTN/KTNF griffin:KRFN halstead:HLST harvie:HRF hemmenway:HMN hewes:HS hills:HLS hobart:HPRT hoben:HPN hooker:HKR hubner:HPNR hulme:HLM
hundertumark:HNTR hundley:HNTL hutchins:HXNS hutchinson:HXNS jewett:JT/AT judd:JT/AT kilham:KLM kitchen:KXN koeller:KLR lancto:LNKT lane:LN
langford:LNKF lantersee:LNTR lathrop:L0RP/LTRP leavitt:LFT leland:LLNT lester:LSTR lewis:LS lippincott:LPNK louthe:L0/LT loveyne:LFN lowe:L lutz:LTS
macalpin:MKLP magnus:MNS/MKNS mancinelli:MNSN marquart:MRKR marvin:MRFN mary:MR maxwell:MKSL mcallaster:MKLS mcclellan:MKLL mclaughlin:MKLF mead:MT
munger:MNKR/MNJR newkirk:NKRK noble:NPL ogborn:AKPR paddock:PTK page:PJ/PK paine:PN park:PRK peake:PK perkins:PRKN peyton:PTN pike:PK plantagenet:PLNT
poretiers:PRTR pratt:PRT profumo:PRFM rachel:RXL/RKL reynolds:RNLT rogers:RKRS/RJRS russell:RSL salmon:SLMN sanford:SNFR schlegel:XLKL/SLKL
sergeaux:SRJ/SRK sheldon:XLTN shively:XFL sibley:SPL skelton:SKLT smedley:SMTL/XMTL soule:SL spalding:SPLT stearns:STRN stoddard:STTR stone:STN
stryker:STRK sturges:STRJ/STRK suevain:SFN sutton:STN thember:0MPR/TMPR thompson:TMPS threlkeld:0RLK/TRLK tilley:TL tobey:TP trippe:TRP tyrrel:TRL
vanderbeek:FNTR walter:ALTR/FLTR ward:ART/FRT warner:ARNR/FRNR wasserman:ASRM/FSRM white:AT woodward:ATRT/FTRT wooley:AL/FL yarnall:ARNL
ageless:AJLS/AKLS agency:AJNS/AKNS antique:ANTK artois:ART/ARTS bertucci:PRTX biaggi:PJ/PK bough:P disaluzzo:TSLS/TSLT garage:KRJ/KRK isle:AL
snider:SNTR/XNTR tichner:TXNR/TKNR tough:TF umbrella:AMPR weikersheim:AKRS/FKRS
`

// examples are words that the article and its comments explain a rule by.
const examples = `
smith:SM0/XMT schmidt:XMT/SMT schneider:XNTR/SNTR michael:MKL/MXL catherine:K0RN/KTRN kathryn:K0RN/KTRN jose:HS sanchez:SNXS/SNKS thumb:0M/TM thomas:TMS caesar:SSR chemistry:KMST
chianti:KNT character:KRKT orchestra:ARKS/ARKS architect:ARKT arch:ARX/ARK accident:AKST succeed:SKST bacchus:PKS edge:AJ edgar:ATKR laugh:LF hugh:H
cough:KF rough:RF knight:NT gnome:NM pneumonia:NMN wright:RT island:ALNT sugar:XKR/SKR school:SKL schermerhorn:XRMR/SKRM zhao:J xavier:SF/SFR
breaux:PR gallegos:KLKS/KKS cabrillo:KPRL/KPR filipowicz:FLPT/FLPF mcclellan:MKLL tagliaro:TKLR/TLR raspberry:RSPR campbell:KMPL vasserman:FSRM ghislane:JLN stephen:STFN steven:STFN
bajador:PJTR/PHTR sean:SN danger:TNJR/TNKR matrix:MTRK aubrey:APR cambrillo:KMPR heather:H0R/HTR maurice:MRS philip:FLP
`

func TestDoubleMetaphone(t *testing.T) {
	known := strings.Fields(surnames + examples)
	if len(known) < 150 {
		t.Fatalf("only %d codes", len(known))
	}
	cut := func(code string) string { return code[:min(4, len(code))] }
	for _, k := range known {
		word, codes, _ := strings.Cut(k, ":")
		want1, want2, differ := strings.Cut(codes, "/")
		if !differ {
			want2 = want1
		}
		first, second := doubleMetaphone(word)
		if cut(first) != want1 || cut(second) != want2 {
			t.Errorf("doubleMetaphone(%q) = %s %s, want %s %s", word, cut(first), cut(second), want1, want2)
		}
	}
}

func TestDoubleMetaphoneIsNotCut(t *testing.T) {
	first, second := doubleMetaphone("wilkerson")
	if first != "ALKRSN" || second != "FLKRSN" {
		t.Errorf("got %s %s, want ALKRSN FLKRSN", first, second)
	}
}

func TestKoelner(t *testing.T) {
	for word, want := range map[string]string{
		"wikipedia": "3412", "mullerludenscheidt": "65752682", "breschnew": "17863", "meyer": "67", "meier": "67", "mayr": "67", "maier": "67", "muller": "657",
		"schmidt": "862", "schneider": "8627", "fischer": "387", "weber": "317", "wagner": "3467", "becker": "147", "schulz": "858", "hoffmann": "0366", "schafer": "837",
		"koch": "44", "bauer": "17", "richter": "7427", "klein": "456", "wolf": "353", "schroder": "8727", "neumann": "666", "schwarz": "8378", "zimmermann": "86766", "braun": "176",
		"kruger": "4747", "hofmann": "0366", "hartmann": "07266", "lange": "564", "schmitt": "862", "werner": "3767", "schmitz": "868", "krause": "478", "lehmann": "566", "maxim": "6486",
		"philipp": "351", "phillip": "351", "axel": "0485", "celsius": "8588", "clown": "4536", "chlor": "457", "ratz": "78", "quark": "474", "xaver": "4837", "": "", "h": "", "a": "0",
	} {
		if got := koelner(word); got != want {
			t.Errorf("koelner(%q) = %s, want %s", word, got, want)
		}
	}
}
