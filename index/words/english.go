package words

// irregularEnglish are forms that no ending explains, to the word they are of.
// Pairs that are words of their own (saw, found, lay) are left out, but where
// the voicemails of a contact centre hardly have the other one (felt, left).
const irregularEnglish = `
arose,arisen>arise ate,eaten>eat awoke,awoken>awake became>become began,begun>begin bent>bend bit,bitten>bite bled>bleed blew,blown>blow
bought>buy bred>breed broke,broken>break brought>bring built>build burnt>burn burst>burst came>come caught>catch chose,chosen>choose
clung>cling crept>creep dealt>deal did,done>do drank,drunk>drink drawn,drew>draw driven,drove>drive dug>dig eaten>eat fallen,fell>fall fed>feed
felt>feel fled>flee flew,flown>fly forbade,forbidden>forbid foresaw,foreseen>foresee forgave,forgiven>forgive forgot,forgotten>forget fought>fight
froze,frozen>freeze gave,given>give gone,went>go got,gotten>get grew,grown>grow heard>hear held>hold hid,hidden>hide hung>hang kept>keep
knew,known>know laid>lay learnt>learn led>lead left>leave lent>lend lit>light lost>lose made>make meant>mean met>meet misled>mislead
misspelt>misspell mistaken,mistook>mistake misunderstood>misunderstand outgrew,outgrown>outgrow overcame>overcome overheard>overhear
overpaid>overpay oversaw,overseen>oversee overslept>oversleep overtaken,overtook>overtake owed>owe paid>pay proven>prove ran>run rang,rung>ring rebuilt>rebuild
redid,redone>redo repaid>repay resent>resend retold>retell rewritten,rewrote>rewrite ridden,rode>ride risen,rose>rise said>say
sang,sung>sing sank,sunk>sink seen,saw>see sent>send sewn>sew shaken,shook>shake shone>shine shot>shoot shown>show shrank,shrunk>shrink slept>sleep
slid>slide sold>sell sought>seek spelt>spell spent>spend spilt>spill spoke,spoken>speak sprang,sprung>spring stole,stolen>steal
stood>stand stuck>stick stung>sting struck>strike swam,swum>swim swept>sweep swollen>swell swore,sworn>swear swung>swing taken,took>take
taught>teach thought>think threw,thrown>throw told>tell tore,torn>tear undergone,underwent>undergo understood>understand undid,undone>undo
unpaid>unpay upheld>uphold withdrawn,withdrew>withdraw withheld>withhold withstood>withstand woke,woken>wake won>win wore,worn>wear wound>wind written,wrote>write
children>child feet>foot geese>goose men>man mice>mouse teeth>tooth women>woman wives>wife knives>knife lives>life leaves>leave shelves>shelf
halves>half wolves>wolf thieves>thief loaves>loaf scarves>scarf calves>calf elves>elf
better,best>good worse,worst>bad earlier,earliest>early later,latest>late sooner,soonest>soon bigger,biggest>big faster,fastest>fast cheaper,cheapest>cheap
higher,highest>high lower,lowest>low older,oldest>old newer,newest>new nearer,nearest>near longer,longest>long shorter,shortest>short slower,slowest>slow smaller,smallest>small
larger,largest>large nicer,nicest>nice easier,easiest>easy quicker,quickest>quick louder,loudest>loud colder,coldest>cold warmer,warmest>warm hotter,hottest>hot heavier,heaviest>heavy
stronger,strongest>strong happier,happiest>happy younger,youngest>young deeper,deepest>deep wider,widest>wide safer,safest>safe
repairmen>repairman salesmen>salesman mailmen>mailman postmen>postman handymen>handyman firemen>fireman policemen>policeman workmen>workman businessmen>businessman
cancelled,canceled,cancelling,canceling,cancels,cancellation,cancelation,cancellations>cancel
travelled,traveled,travelling,traveling>travel labelled,labeled,labelling,labeling>label modelled,modeled,modelling,modeling>model
levelled,leveled,levelling,leveling>level fuelled,fueled,fuelling,fueling>fuel dialled,dialed,dialling,dialing>dial totalled,totaled,totalling,totaling>total
signalled,signaled,signalling,signaling>signal programme,programmes>program centre,centres>center metre,metres>meter theatre,theatres>theater
colour,colours,coloured>color favour,favours,favoured>favor neighbour,neighbours>neighbor behaviour>behavior honour,honours>honor labour>labor harbour>harbor
cheque,cheques>check tyre,tyres>tire licence,licences>license defence>defense grey>gray mum,mums>mom organise,organised,organising,organisation>organize
apologise,apologised,apologising>apologize authorise,authorised,authorising>authorize realise,realised,realising>realize recognise,recognised>recognize
finalise,finalised>finalize emphasise>emphasize prioritise,prioritised>prioritize analyse,analysed,analysing>analyze
dying,died,dies>die lying,lied,lies>lie tying,tied,ties>tie buses>bus gases,gassed,gassing>gas quizzes,quizzed>quiz data>data
mailed,mailing,mails>mail busy,busier,busiest>busy`
