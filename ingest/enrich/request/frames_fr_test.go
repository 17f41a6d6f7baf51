package request

// framedFrench are frames of French. The forms of a way to call are the
// infinitive, the subjunctives of somebody and of "vous", the past infinitive, the
// imperative and the perfect: "X", "Z", "Y", "P", "I" and "A".
var framedFrench = []frames{
	{"fr", `- ce n'est pas la peine de X
- pas besoin de X
- c'est inutile de X maintenant
- vous n'avez plus besoin de X merci
- vous n'avez pas à X
- ne vous donnez pas la peine de X
- ne prenez pas la peine de X
- je ne veux pas qu'on Z
- il n'est pas nécessaire que vous Y
- je ne souhaite pas que vous Y
- ce n'est plus la peine que quelqu'un Z
- arrêtez de X sans arrêt
- vous pouvez arrêter de X
- je vous avais demandé de X et vous l'avez fait
- ma femme vous a demandé de X et c'est déjà fait
- vous deviez X mais j'ai retrouvé le papier
- vous alliez X mais c'est réglé
- je voulais que vous Y mais j'ai eu la réponse par mail
- j'espérais que vous Y mais votre courriel suffit
- je n'ai plus besoin que vous Y
- merci de P si vite hier
- c'était très gentil de P hier
- quelqu'un A ce matin merci beaucoup
- on A hier tout est réglé
- votre collègue A vendredi donc c'est bon
- I ah non laissez tomber
- pourriez-vous X ah attendez non j'ai trouvé
- plutôt que de X envoyez-moi un mail
- au lieu de X écrivez-moi
- chaque fois que vous Y mon chien aboie
- à force de X vous allez perdre un client
- ça m'embêterait que vous Y pour si peu
- ils ont promis de X et ils ont tenu parole
- si vous comptiez X ne le faites pas
- personne n'est obligé de X
- personne n'a à X
- personne n'a besoin de X
- plus personne n'a à X
- qu'on ne vienne plus X le soir
- évitez de X à l'avenir
- qu'on cesse de X
- je préfère que personne ne Z
+ est-ce que quelqu'un peut X aujourd'hui
+ si vous pouviez X ce serait bien
+ si quelqu'un pouvait X ce serait gentil
+ merci de X
+ merci de bien vouloir X
+ je vous prie de bien vouloir X
+ veuillez X
+ I s'il vous plaît
+ I dès que possible
+ il faudrait que vous Y
+ il faudrait que quelqu'un Z
+ il faut absolument qu'on Z
+ ce serait bien que vous Y
+ ça m'arrangerait que vous Y
+ j'aimerais que vous Y
+ je voudrais bien que quelqu'un Z
+ j'attends que vous Y
+ j'attends toujours qu'on Z
+ personne ne A
+ personne ne A pour l'instant
+ n'oubliez pas de X
+ n'hésitez pas à X
+ dites-lui de X
+ dites à monsieur durand de X
+ demandez à votre collègue de X
+ vous avez oublié de X
+ pourquoi personne ne A
+ à quand est-ce que vous comptez X
+ j'ai besoin que quelqu'un Z
+ tâchez de X
+ pensez à X
+ essayez de X
+ ayez la gentillesse de X
+ auriez-vous l'amabilité de X
+ je vous saurais gré de X
+ je vous serais reconnaissant de X
+ je compte sur vous pour X
+ vous deviez X et j'attends toujours
+ on m'avait promis de X et toujours rien
+ je n'arrive pas à vous avoir alors I
+ ce n'est pas urgent mais I
+ je ne sais pas quoi faire pouvez-vous X
+ c'est à vous de X
+ est-ce que ça vous dérangerait de X
+ ça serait possible de X
+ seriez-vous assez aimable pour X
+ vous seriez gentil de X
+ pour quelqu'un qui puisse X
+ quelqu'un pour X s'il vous plaît
+ je souhaite que l'on Z
+ qu'il Z quand il rentre
+ vous voudrez bien X
- vous pouvez vous épargner de X
- ça ne sert plus à rien de X
- surtout ne vous fatiguez pas à X
- je vous dispense de X
- rien ne vous oblige à X
- il n'y a pas lieu de X
- vous aviez promis de X et vous l'avez fait merci
- elle avait demandé à quelqu'un de X et c'est arrivé vendredi
- je déteste que vous Y à des heures pareilles
- c'est gentil à vous de P
- on A dans l'heure bravo à toute l'équipe
- ça suffit de X à l'heure de la sieste
- inutile que quelqu'un Z
- il est hors de question que vous Y encore
+ que quelqu'un Z
+ qu'on Z vite
+ y aurait-il quelqu'un pour X
+ vous serait-il possible de X
+ le plus simple serait de X
+ le mieux c'est de X
+ il suffit de X
+ débrouillez-vous pour X
+ arrangez-vous pour que quelqu'un Z
+ faites en sorte qu'on Z
+ veillez à X
+ je tiens à ce que vous Y
+ j'exige qu'on Z
+ quelqu'un devait X et j'attends encore
+ on devait X hier
+ je veux bien que vous Y
+ j'apprécierais que quelqu'un Z
+ ça m'aiderait que vous Y
+ il serait temps de X
+ quelle est la personne qui pourrait X
+ qui est-ce qui va X
+ trouvez-moi quelqu'un pour X
+ vous pouvez X à toute heure
+ si ça ne vous ennuie pas de X
+ si par hasard vous pouviez X
+ quand vous aurez une minute I
+ à l'occasion I
+ surtout I
+ mais I enfin
+ prévenez votre chef qu'il doit X
+ je vous demande de X`, []string{
		"me rappeler/me rappelle/me rappeliez/m'avoir rappelé/rappelez-moi/m'a rappelé",
		"me passer un coup de fil/me passe un coup de fil/me passiez un coup de fil/m'avoir passé un coup de fil/passez-moi un coup de fil/m'a passé un coup de fil",
		"me recontacter/me recontacte/me recontactiez/m'avoir recontacté/recontactez-moi/m'a recontacté",
		"nous téléphoner/nous téléphone/nous téléphoniez/nous avoir téléphoné/téléphonez-nous/nous a téléphoné",
		"rappeler ma fille/rappelle ma fille/rappeliez ma fille/avoir rappelé ma fille/rappelez ma fille/a rappelé ma fille",
		"me joindre sur mon portable/me joigne sur mon portable/me joigniez sur mon portable/m'avoir joint sur mon portable/joignez-moi sur mon portable/m'a joint sur mon portable",
		"reprendre contact avec moi/reprenne contact avec moi/repreniez contact avec moi/avoir repris contact avec moi/reprenez contact avec moi/a repris contact avec moi",
		"me donner un petit coup de fil/me donne un petit coup de fil/me donniez un petit coup de fil/m'avoir donné un petit coup de fil/donnez-moi un petit coup de fil/m'a donné un petit coup de fil",
		"me faire signe/me fasse signe/me fassiez signe/m'avoir fait signe/faites-moi signe/m'a fait signe",
		"me contacter par téléphone/me contacte par téléphone/me contactiez par téléphone/m'avoir contacté par téléphone/contactez-moi par téléphone/m'a contacté par téléphone",
	}},
	{"fr", `- je n'ai plus besoin d'X
- merci pour X
- j'ai bien eu X de votre bureau tout va bien
- j'attendais X et je l'ai eu
- j'avais demandé X et je l'ai obtenu
- merci d'annuler X que j'avais demandé
- on a eu X la semaine dernière et c'est réglé
- au lieu d'X un petit mail suffira
- pas la peine de prévoir X
- je n'attends pas X
+ je voudrais X s'il vous plaît
+ est-ce que je peux avoir X cet après-midi
+ j'attends toujours X
+ je n'ai jamais eu X
+ on m'a promis X et rien ne s'est passé
+ X serait le bienvenu
+ il me faudrait X de la comptabilité
+ dans l'attente d'X
+ en espérant X rapide
+ j'aurais besoin d'X
+ je sollicite X
+ un mail ne suffit pas il me faut X
+ toujours pas reçu X
+ je compte sur X
- X n'est pas nécessaire
- je n'ai pas besoin d'X
- oubliez X que j'avais demandé
- je ne compte pas sur X
- j'ai reçu X hier et tout est clair
- encore merci pour X d'hier
- nul besoin d'X
+ puis-je espérer X
+ pourrais-je avoir X
+ comment obtenir X
+ X me rendrait service
+ je reste dans l'attente d'X
+ j'ai vraiment besoin d'X
+ je préfère X à un mail
+ on m'avait garanti X
+ X me ferait du bien
+ ça mérite X
+ je vous réclame X
+ à quand X`, []string{"un appel", "un rappel", "un coup de fil", "un coup de téléphone", "un appel de votre part", "un retour téléphonique"}},
	{"fr", `- pas la peine de X
- t'embête pas à X
- merci d'P hier
- c'est bon tu A hier
- tu devais X mais laisse tomber
- arrête de X tout le temps
- j'avais peur que tu Z pour rien
+ tu peux X
+ tu pourrais X ce soir
+ I stp
+ I quand tu peux
+ faudrait que tu Z
+ j'aimerais bien que tu Z
+ ça serait sympa que tu Z
+ n'oublie pas de X
+ pense à X
+ essaie de X
+ j'arrive jamais à t'avoir alors I
+ t'as oublié de X
+ dis à ta mère de X
+ j'attends que tu Z
+ t'as pas intérêt à oublier de X`, []string{
		"me rappeler/me rappelles/x/m'avoir rappelé/rappelle-moi/m'as rappelé",
		"me passer un coup de fil/me passes un coup de fil/x/m'avoir passé un coup de fil/passe-moi un coup de fil/m'as passé un coup de fil",
		"nous téléphoner/nous téléphones/x/nous avoir téléphoné/téléphone-nous/nous as téléphoné",
		"me donner un coup de fil/me donnes un coup de fil/x/m'avoir donné un coup de fil/donne-moi un coup de fil/m'as donné un coup de fil",
	}},
}
