package request

import (
	"slices"
	"strings"
	"testing"
)

// frames are what may be said round a way of calling ("X"): with a "+" in front
// it asks for the call, with a "-" it doesn't.
type frames struct {
	lang   string
	list   string
	asking []string // ways to say it; German ones have "Z", "Y" and "P" forms
}

var framed = []frames{
	{"en", `- there's no need to X
- you don't need to X thanks
- please don't X
- no need for anyone to X
- don't bother to X
- it isn't necessary to X any more
- i don't want you to X
- there's no point trying to X
- you can stop trying to X
- i asked you to X and you did
- my wife asked you to X and you did that already
- he wanted you to X but it's sorted now
- you were going to X but i found it
- i no longer need you to X
- you were kind enough to X yesterday so thanks
- it was nice of you to X so fast
- i was hoping you'd X but your email answered it
- please X actually no forget it
- could you X oh wait never mind i found it
- rather than X just send me an email
- she'd asked someone to X and that happened on friday
- every time you X my dog barks
- why do you people always X
- you used to X every month
- i'd hate for you to X over such a trifle
- they promised to X and they kept their word
- if you were about to X don't
+ could someone X today
+ if you could X that would be great
+ make sure to X
+ you'd better X
+ nobody has bothered to X yet
+ i don't know what to do so please X
+ why has nobody managed to X
+ don't hesitate to X
+ you never did X so please do
+ it's not urgent but do X
+ i couldn't find you so X
+ tell him to X
+ i've been waiting for you to X
- i never asked you to X
- i'm not expecting you to X
- don't feel you have to X
- you don't gotta X
- i was going to ask you to X nope just found it
- can you X at you know what i'm going to walk over there
- please X by email
- my sister is going to X when she lands
- if you need to reschedule please X
+ would it be possible for someone to X
+ i was under the impression you'd X
+ isn't someone going to X
+ the sooner you X the better
+ it would mean a lot if you could X
+ somebody'd better X
+ if he could X that would help
+ i thought you were going to X`, []string{
		"call me back", "give me a ring", "get back to me", "phone me", "ring us back", "contact me", "get in touch with me",
		"return my call", "give my daughter a shout", "reach out to me", "buzz me",
	}},
	{"en", `- i don't need X any more
- X won't be necessary
- thanks for X
- i had X from your office but all is well
- i was expecting X and it came
- i asked for X and got one
- please cancel X i asked for
- we had X last week and agreed on friday
- i don't expect X
- instead of X a short email will do
- never mind X i found it online
+ i'd like X please
+ could i have X this afternoon
+ i'm still waiting for X
+ i never got X
+ i was promised X and nothing has happened
+ X would be much appreciated
+ i need X from someone in billing
+ hoping for X soon
- i'm not after X
- i wasn't asking for X
- forget about X i asked for
- mrs hall got X this morning
+ my daughter needs X from the nurse
+ how do i go about getting X
+ is it possible to get X from the doctor
+ X is better than an email
+ i was assured X within the hour`, []string{"a call", "a callback", "a phone call", "a call back", "a return call", "a ring", "a follow-up call"}},
	{"en", `- thank you so much for X yesterday
- please stop X
- don't bother X
- no need for X
- i appreciate you X so quickly
- you keep X at night
- no point X we've moved
+ would you mind X
+ i'd appreciate somebody X
+ any chance of somebody X today`, []string{"calling me", "calling me back", "ringing me", "phoning us", "getting back to me", "contacting me", "giving me a ring"}},
	{"de", `- sie brauchen V nicht Z
- es ist nicht nötig V Z
- bitte V nicht Y
- niemand muss V Y
- ich möchte nicht dass sie V Y
- sie wollten V Y und das haben sie auch getan danke
- ich hatte sie gebeten V Z aber das hat sich erledigt
- ich wollte sie bitten V Z aber ich habe die antwort gefunden
- hören sie auf V Z
- danke dass sie V gestern P haben
- sie sollen V nie wieder Y
- statt V Z schreiben sie bitte eine mail
- können sie V Y ach nein vergessen sie es
+ könnten sie V bitte Y
+ ich bitte sie V Z
+ es wäre nett wenn sie V Y würden
+ jemand soll V bitte Y
+ warum hat V niemand P
+ bitte nicht vergessen V Z
+ ich weiß nicht weiter können sie V Y
+ sie haben V noch immer nicht P
+ sagen sie ihm er soll V Y
+ ob V wohl jemand Y könnte`, []string{
		"mich/anzurufen/anrufen/angerufen", "mich/zurückzurufen/zurückrufen/zurückgerufen", "sich bei mir/zu melden/melden/gemeldet",
		"meinen mann/anzurufen/anrufen/angerufen", "kurz bei uns/durchzuklingeln/durchklingeln/durchgeklingelt",
	}},
	{"de", `- ich brauche X nicht mehr
- danke für X
- ich habe X gestern bekommen
- bitte stornieren sie X
- ich erwarte X nicht
- auf X verzichte ich
- statt X lieber eine mail
+ ich bitte um X
+ ich warte noch immer auf X
+ ich hab nie X bekommen
+ mir wurde X versprochen aber nichts ist passiert
+ ich würde mich über X freuen
+ wann bekomme ich X`, []string{"einen rückruf", "den rückruf", "einen anruf", "ihren rückruf"}},
	{"es", `- no hace falta V
- no hace falta que Z
- no es necesario que Z
- no tienen por qué V
- no se molesten en V
- no quiero que Z
- ya no necesito que Z
- no sirve de nada V
- pueden dejar de intentar V
- pueden ahorrarse V
- no vayan a V
- que no se les ocurra V
- ni se les ocurra V
- dejen de V
- pedí que Y y ya lo hicieron
- mi mujer pidió que Y y así fue
- había pedido que Y y eso pasó el viernes
- quería que Y pero ya está solucionado
- esperaba que Y pero su correo lo aclaró todo
- iban a V pero ya lo encontré
- tuvieron la amabilidad de V ayer así que gracias
- fue muy amable de su parte V tan rápido
- gracias por V tan rápido
- les agradezco que Y ayer
- no esperaba que Y tan pronto gracias
- menos mal que P ya está todo claro
- quiero que conste que P tres veces
- por favor I ah no déjelo
- pueden V ay no espere ya lo encontré
- en vez de V mándenme un correo
- en lugar de V prefiero que me escriban
- cada vez que P ha ladrado el perro
- por qué siempre se empeñan en V a la hora de comer
- antes solían V todos los meses
- odio que Z mientras trabajo
- me molesta que Z a estas horas
- no quisiera que Y por semejante tontería
- prometieron V y cumplieron
- si estaban a punto de V no lo hagan
- no hay razón para V
- no vale la pena V
- ya no es preciso V
+ podrían V hoy
+ si pudieran V se lo agradecería
+ procuren V
+ asegúrense de V
+ más vale que Z
+ nadie se ha molestado en V
+ nadie ha podido V
+ no sé qué hacer así que por favor I
+ no duden en V
+ todavía no P
+ ni siquiera P
+ no es urgente pero I
+ no los encontré así que I
+ díganle que Z
+ llevo días esperando a que Z
+ estoy esperando que Z
+ quedo a la espera de que Z
+ necesito que Z
+ me urge que Z
+ les ruego que Z
+ les agradecería que Y
+ me gustaría que Y
+ estaría bien que Y
+ sería mucho pedir que Y
+ hagan el favor de V
+ sería posible V
+ a ver si pueden V
+ ojalá Z pronto
+ en cuanto puedan I
+ cuando puedan que Z
+ que Z por favor
+ dijeron que iban a V y nada
+ quedaron en V y sigo esperando
+ es importante que Z
+ tienen que V sin falta
+ alguien tiene que V
+ solo les pido que Z
+ se olvidaron de V
+ no se olviden de V
+ cuándo piensan V
+ serían tan amables de V
+ será que pueden V
+ habrá alguien que pueda V
+ quién puede V
+ hay alguna forma de que Z
+ llamo para que Z
+ no hace falta que vengan basta con que Z
+ quería que Y pero llevo tres días esperando
+ gracias por V en cuanto puedan
+ no pude contestar así que I
+ en vez de tantos correos I
+ ya me cobraron dos veces I
+ no tengo prisa pero me gustaría que Y
- y entonces le digo I cuando llegues y ella que no
- solicito que dejen de V
- acaban de V así que todo bien gracias
- qué detalle que Y por mi cumpleaños
+ nunca P así que I`, []string{
		"llamarme/me llamen/me llamaran/me han llamado/llámenme", "llamarme/me llames/me llamaras/me has llamado/llámame",
		"llamarnos/nos llaméis/nos llamarais/nos habéis llamado/llamadnos", "marcarme/me marquen/me marcaran/me han marcado/márquenme",
		"darme un toque/me den un toque/me dieran un toque/me han dado un toque/denme un toque",
		"devolverme la llamada/me devuelva la llamada/me devolviera la llamada/me ha devuelto la llamada/devuélvame la llamada",
		"ponerse en contacto conmigo/se pongan en contacto conmigo/se pusieran en contacto conmigo/se han puesto en contacto conmigo/pónganse en contacto conmigo",
		"comunicarse conmigo/se comunique conmigo/se comunicara conmigo/se ha comunicado conmigo/comuníquese conmigo",
		"volver a llamarme/me vuelvan a llamar/me volvieran a llamar/me han vuelto a llamar/vuélvanme a llamar",
		"contactarnos/nos contacten/nos contactaran/nos han contactado/contáctennos",
		"llamar a mi marido/llamen a mi marido/llamaran a mi marido/han llamado a mi marido/llamen a mi marido",
		"hablarle a mi hija/le hablen a mi hija/le hablaran a mi hija/le han hablado a mi hija/háblenle a mi hija",
		"hacerme una llamadita/me haga una llamadita/me hiciera una llamadita/me ha hecho una llamadita/hágame una llamadita",
	}},
	{"es", `- ya no necesito X
- no me hace falta X
- no espero X
- no quiero X
- gracias por X de ayer
- ayer recibí X y quedó todo claro
- esperaba X y llegó
- pedí X y así fue
- cancelen X por favor
- en lugar de X basta con un correo
- olvídense de X ya lo encontré por internet
- el lunes tuvimos X y quedamos en vernos
- sin necesidad de X
+ me gustaría recibir X
+ quisiera X por favor
+ podría tener X esta tarde
+ sigo esperando X
+ nunca recibí X
+ me prometieron X y nada
+ agradecería X
+ necesito X de alguien de facturación
+ a la espera de X
+ espero X
+ solicito X
+ me hace falta X
+ no he recibido X
+ quedo pendiente de X
+ cuándo tendré X
+ X me vendría bien`, []string{"una llamada", "una llamada suya", "una llamada de vuelta", "un telefonazo", "la llamada del técnico", "una llamada telefónica", "un llamado"}},
}

// say puts a way of calling into a frame.
func (f frames) say(frame, way string) string {
	forms := append(strings.Split(way, "/"), "", "", "", "", "")
	return strings.NewReplacer("X", forms[0], "V", forms[0], "Z", forms[1], "Y", forms[2], "P", forms[3], "I", forms[4], "A", forms[5]).Replace(frame)
}

// What is said round a call decides, whatever the call is called.
func TestFrames(t *testing.T) {
	for _, f := range slices.Concat(framed, framedFrench, framedGerman) {
		for frame := range strings.SplitSeq(f.list, "\n") {
			for _, way := range f.asking {
				text := f.say(frame[2:], way)
				if v := Read(text, f.lang, Options{}); v.Requested != (frame[0] == '+') {
					t.Errorf("%s: got %t (%.2f)", text, v.Requested, v.Confidence)
				}
			}
		}
	}
}
