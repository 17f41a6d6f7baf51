package contact

// common is what every language says alike. Words are folded: no accents, lower
// case.
var common = []entry{
	{fax | place, "fax|telefax|faxen|faxe|faxing"},
	{phone, "tel|telef*|phone|phones|telephone|whatsapp|hotline"},
	{phone | place, "handy|gsm|mobile|mobil|smartphone|iphone"},
	{account, "iban|bic|swift|id|ref|imei|siret|siren|pin|puk|sku|isbn|vin|url|www"},
	{unit, "euro|euros|eur|usd|gbp|chf|dollar|dollars|kwh|kw|km|kg|cm|mm|ml|mb|gb|volt|watt|m2|percent"},
	{link, "uh|um|ehm|eh|er|erm|ah|hm|hmm|mm|euh|okay|ok|no|nr|num|plus"},
}

var english = []entry{
	{spoken0, "zero|oh|o|nought|naught|nil"}, {spoken0 << 1, "one"}, {spoken0 << 2, "two"}, {spoken0 << 3, "three"},
	{spoken0 << 4, "four"}, {spoken0 << 5, "five"}, {spoken0 << 6, "six"}, {spoken0 << 7, "seven"}, {spoken0 << 8, "eight"},
	{spoken0 << 9, "nine"},
	{phone, "call|calls|calling|callback|call back|ring|ringing|buzz|dial|reach|reached|reachable|contact|contacted|text|texts|text me|telephoned|" +
		"get hold of|get ahold of|get me|get us|get a hold of|get through|catch me|hit me|hit us|find me|get back|ping|reply|respond|circle back|touch base|follow up|let me know|lemme know|holla|try|try me|trying|extension line|direct|direct line|direct dial|" +
		"line|phone number|call me|call us|call him|call her|ring me|speak|talk|bell|holler|shout|tinkle|give me a|touch|contact number|answer|answers|pick up|picks up|landline|cellphone"},
	{phone | place, "cell|cellphone|cell phone|mobile phone|landline|land line|home phone|house phone|work phone|work cell|office line|desk phone|desk|switchboard|" +
		"direct line|direct dial|burner|business line|work mobile|second line|main line|reception|front desk"},
	{place, "home|house|work|office|shop|store|business|workplace|job|personal|private|store|clinic|surgery|warehouse|reception|studio|cottage|" +
		"flat|apartment|salon|hotel|farm|practice|school|day|daytime|evening|night|weekend|main|direct|other|second|alternate|alternative|backup|back up|spare|days|nights|evenings|mornings|weekends|weekdays|afternoons|new|emergency|uk|american|us number|us phone|us cell|us mobile|us line|british"},
	{person, "wife|wife s|wifes|husband*|spouse*|partner*|daughter*|son|son s|sons|brother*|sister*|mother*|mom|mom s|moms|mum|mum s|mums|father*|dad|dad s|dads|" +
		"neighbor*|neighbour*|assistant*|secretary*|colleague*|coworker*|boss*|manager*|friend*|girlfriend*|boyfriend*|fiance*|uncle*|aunt*|auntie*|cousin*|nephew*|niece*|" +
		"grandson*|granddaughter*|grandmother*|grandma*|grandfather*|grandpa*|gran|nan|nanna|lawyer*|solicitor*|attorney*|accountant*|carer*|caregiver*|roommate*|flatmate*|housemate*|tenant*|landlord*|" +
		"caretaker*|doctor*|nurse*|plumber*|contractor*|builder*|agent*|broker*|supervisor*|mate|lad|kid*|stepson*|stepdaughter*|stepdad|stepmum|son in law|daughter in law|in law|in laws|mother in law|father in law|foreman|driver*|receptionist*"},
	{mine, "my|our|his|her|their|hers|the"},
	{number, "number|numbers|digits|no"},
	{account, "account|acct|accounts|policy|policies|order|orders|claim|claims|case|customer|client|invoice|bill|tracking|serial|meter|reading|electricity|gas is|asset tag|asset|tag|employee id|id is|lockbox|routing|sort code|" +
		"passport|loyalty|membership|member|confirmation|ticket|booking|license|licence|licence plate|license plate|plate|registration|reg|rego|ssn|social|social security|national insurance|ni number|nhs|nhs number|" +
		"reservation|barcode|voucher|parcel|package|shipment|consignment|mortgage|loan|chart|model|reference|credit card|debit card|visa|mastercard|amex|card|cards|cvv|security code|" +
		"incident|report number|police report|docket|file|file number|quote|quotation|contract|prescription|prescription refill|refill|rx|patient|patient id|mrn|medicare|medicaid|insurance|group|subscriber|transaction|purchase|" +
		"purchase order|po|job number|job|work order|permit|unit|apartment number|flat number|flight|pnr|itinerary|locator|ein|vat|abn|tfn|pan|aadhaar|gst|aadhar|employee|badge|student|supplier|" +
		"vendor|part|part number|item|product|catalogue|catalog|coupon|gift card|statement|check number|cheque|direct debit|payment|refund|receipt|complaint|enquiry|inquiry|folio|lot|batch|parking|citation|parking fine|speeding fine|my fine|the fine|a fine|fine number|fine notice|" +
		"property|parcel number|council tax|crn|ucr|mpan|mprn|supply|subscription|pension|investment|isa|tax id|tax reference|utr|enrolment|application|applicant|appointment id|warranty|imei|vehicle|chassis|engine|room|gate|" +
		"voucher|membership|frequent flyer|miles|rewards|aadvantage|consumer|connection|service request|sr|complaint number|incident number|crime|crime reference|deposit|invoice number"},
	{code, "zip|zip code|postcode|post code|postal code|postal|pin|pin code|passcode|password|door code|gate code|access code|verification code|one time|press|dial|option|key|room|suite|floor|" +
		"apartment|apt|unit|flat|house number|street number|building|block|gate|bay|platform|terminal|channel|bus|highway|route|interstate|exit|page|chapter|section|version|step|box|po box|p o box|aisle|locker|seat|row|table|level|class|grade|size|age|aged|channel"},
	{unit, "pounds|quid|pence|p|bucks|cents|cent|grand|k|rupees|rupee|lakh|lakhs|crore|percent|per cent|kilowatt*|kilometers|kilometres|miles|meters|metres|feet|foot|inches|gallons|litres|liters|degrees|" +
		"people|persons|guests|adults|children|kids|nights|days|day|weeks|week|months|month|years|year|hours|hour|hrs|minutes|minute|mins|min|seconds|times|items|boxes|chairs|units|square|kilos|grams|ounces|tablets|pills|milligrams|mg|points|of them|pieces|calls|bedrooms|rooms|pm|am|bags|passengers|tickets|" +
		"employees|miles|mile|acres|weeks old|years old|dollar"},
	{money, "cost|costs|costing|price|paid|pay|charged|charge|owe|owed|balance|amount|sum|total|totalling|totaling|worth|refund of|bill of|bill for|fee of|deposit of|invoice for|deducted|debited|withdrawn|billed|premium of|excess of|deductible"},
	{clock, "o clock|oclock|am|pm|a m|p m|noon|midnight|half past|quarter past|quarter to|in the morning|in the afternoon|in the evening|after|before|until|till|between|by|around|since|sharp|hours"},
	{calendar, "january|february|march|april|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|" +
		"born|birth|birthday|date|dated|dob|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|today|tomorrow|yesterday|th|st|nd|rd|of january|of february|of march|of april|of may|of june|of july|of august|of september|of october|of november|of december|since|expires|expiry|expiration|year"},
	{ext, "when it answers dial|when it picks up dial|when they answer dial|when it answers press|when it picks up press|at the prompt dial|at the prompt press|at the menu press|after the tone dial|extension|ext|extn|extension number|x|exten|my extension|at extension|desk extension"},
	{area, "area code|area|area code is|dialling code|dialing code|std code|std|city code"},
	{phone, "phone and fax|phone or fax|fax and phone|phone slash fax|phone fax"},
	{neg, "isn t|isnt|is not|it s not|that s not|not|don t|dont|never|do not|shouldn t|not on|not at|not the|instead of|in place of|rather than|as opposed to|except|besides|and not|avoid|please don t|nothing on|don t use|don t call|do not call|never call|never ring|don t ring|don t phone|don t text|don t try|don t bother|do not ring|do not phone|do not use|do not try|don t reach|don t contact|never use|ignore|disregard|skip"},
	{gone, "that s my old one|that s the old one|that s an old one|that s my old number|that s the old number|that was my old one|that was the old one|it s my old one|no that s the|no wait that s the|doesn t work|doesn t ~2 right|doesn t sound right|can t be right|that s not it|that s not right|not it|that isn t it|does not work|doesn t work any more|no longer|not any more|not anymore|isn t working|is not working|not working|is old|is the old one|was the old one|don t call that|don t call that one|don t call it|don t use that|don t use that one|don t use it|not that one|is wrong|was wrong|is disconnected|disconnected|cut off|switched off|" +
		"is dead|out of service|out of order|out of date|isn t mine|not mine|is not mine|not in use|isn t in use|not valid|isn t valid|isn t right|is not right|not right|is broken|broken|stolen|is lost|got stolen|was stolen|don t use|never answers|nobody answers|no one answers|nobody picks up|not to be used|has changed|changed|invalid|is an old|expired|doesn t exist|not connected|has been disconnected|is out|is down|out of battery|is dying"},
	{old, "the old one|old one|old|former|previous|wrong number|wrong one|the wrong|dead|outdated|disconnected|used to be|my old|the old|was|no longer"},
	{remove, "remove|delete|erase|strike|unsubscribe|stop|quit|block|removed|deleted|wipe|scrub|stop calling|stop ringing|stop phoning|get rid of|opt out|do not call"},
	{off, "off your|off the|off of|from your|from the list|from the database|from the system|on the do not call|out of your|out of the system"},
	{calledUs, "calls from|call from|missed call from|missed calls from|calls off|phone call from|voicemail from|message from|text from|texts from|called from|calling me from|called me from|rang me from|rung from|phoned me from|contacted me from|ringing me from|number that called me|rang from|came from|coming from|texted from|you called from|your number|your number is|your line|your hotline|your office number|your helpline|your fax|" +
		"your main number|your customer service number|your toll free|your office|your switchboard|your branch|your store|your call centre|your call center"},
	{dialled, "says to call|tells me to call|tells you to call|says call|say to call|i called|i ve called|i have called|i rang|i phoned|i dialed|i dialled|i tried|i ve tried|we called|we ve called|we rang|we tried|i ve been calling|been calling|been ringing|been trying|been dialing|i was calling|" +
		"i was told to call|told me to call|told to call|told us to call|said to call|i was given|they gave me|gave me the number|you gave me|transferred to|put through to|found this number|i got your number|calling the|when i call|when i dial|when i ring|i keep calling"},
	{best, "use his|use hers|use theirs|use that one|best|better|prefer|preferred|preferably|first|primarily|primary|rather|ideally|easier|easiest|best reached|quickest|fastest|directly|straight|instead on|instead at|instead|mainly|main one|always answer|always on|always have|quicker"},
	{orElse, "or else|otherwise|if not|if i m not|if there s no|if there is no|if no one|if nobody|if i don t|if i am not|if that|failing that|alternatively|else|as a backup|backup|back up|if she s not|if he isn t|if he s out|if she s out|if they re not|if he s not|if she isn t|if he isn t|if unavailable|if you can t|if you cannot|if it s busy|if it s engaged|last resort|if i can t|secondary|as a last|or if|second choice|in an emergency|if it goes to"},
	{either, "or|and|also|either|both|or on|plus"},
	{this, "this is the best number|this is a good number|this is my best number|this is the best way|this number|this one|this phone|this line|this cell|this mobile|this cell phone|this phone number|this very number|this same number|same number|the same number|that same number|this telephone|this telephone number|this mobile number|this cell number|" +
		"current number|number right here|number here|phone right here|this here number|this landline|this extension|the same line|the same phone"},
	{this | device, "this phone|this line|this cell|this mobile|this cell phone|this landline|this telephone|this handset|phone right here|the phone i m holding"},
	{shown, "number ~3 calling from|number ~3 call from|number ~3 called from|number ~3 phoning from|number ~3 ringing from|number ~5 caller id|number ~5 screen|number ~5 display|number ~4 your phone|number ~3 came up|number ~3 comes up|number ~3 come up|number ~3 appears|number ~3 appear|" +
		"number ~3 shows up|number ~3 showing|number ~3 show up|number ~3 showed up|number ~3 popped up|number ~3 pops up|number ~3 popping up|number ~3 coming up|number ~3 i rang from|number ~3 rang you from|number ~3 called you from|number ~3 calling you from|number ~3 calling on|number ~3 calling you on|number i m on|number i m using|number i called in on|number i m ringing you from|number ~3 ringing you from|number ~3 phoning you from|number ~3 phoned from|number ~3 speaking from|number ~3 dialing from|number ~3 leaving this|number ~3 talking on|number i m speaking on|" +
		"one i m calling from|one i am calling from|one i m ringing from|one i m phoning from|one i called from|one i m on|one i m calling on|one im calling from|one on your screen|one on your caller id|one on your caller i d|one on the caller i d|number ~5 caller i d|caller i d|one on the caller id|one on your display|one that came up|one that shows|one that shows up|one you see|one showing|one you can see|phone i m calling from|line i m calling from|mobile i m calling from|cell i m calling from|phone i m ringing from|phone i m on|line i m on|where i m calling from|whatever i m calling from|caller id number|caller id|number you see|number you can see|number you have there|number you re seeing|number displayed|number on display|number that displays|phone i called from|line i called from|line i m ringing from|cell phone i m calling from|the number it came from|number this came from|number this call|calling number|incoming number"},
	{same, "same|same as|same number|identical|same but|same one|same first|the same prefix|similar|this number|like this one"},
	{tail, "ending in|ending with|ending|ends in|ends with|ends|end in|end with|last digit|last digits|last two|last two digits|last three|last three digits|last four|last four digits|last one|last number|final digit|final two|final digits|final two digits|final four|final three|final four digits|finishing in|finishing with|finishing|finishes in|finishes with|finish in|at the end|on the end|in the end|the end is|the end"},
	{instead, "instead of|not the|rather than|in place of|as opposed to|and not|not"},
	{but, "but|except|only|just|apart from|with|save|other than|swap|change|replace"},
	{link, "don t use mine|don t call mine|don t ring mine|don t phone mine|oh|och|oof|ooh|alright|right|hey|listen|look|is|it|it s|its|s|m|at|on|to|the|a|an|of|for|in|under|by|via|me|us|him|her|please|my|our|his|their|that|this|and|or|so|well|also|again|which|you|can|could|be|been|back|i|re|am|are|yeah|yes|then|there|here|just|was|number|numbers|call|calls|ring|reach|phone|use|using|using the|with|anymore|any more|directly|up|now|like|say|maybe|try|would|will|should|ll|as|follows|following|goes|new|current|full|one|read|reads|given|says|begins|starts|quote|got|have|it was|has"},
	{be, "is|s|was|are|would be|being|reads|goes|be"},
	{about, "about|regarding|concerning|because|re|with regard|in relation|due to|in connection|referring|relating|over|from|since|quoting|quote|with reference"},
	{whether, "if|when|unless|why|whether|in case|or"},
	{again, "again|repeat|repeating|i repeat|once more|one more time|that s|so that s|so|let me repeat|i ll say|i ll repeat|i say again|i ll say that again|say again|that is"},
	{fix, "it s now|now it s|is now|changed to|is actually|should be|no|sorry|wait|scratch|mean|meant|correction|actually|rather|oops|whoops|mistake|wrong|pardon|apologies|nope|strike|hang on|hold on|make that|excuse me|my bad|i mean"},
	{lure, "congratulations|selected|prize|winner|cruise|free|press|warranty|expire|limited time|offer|forgiveness|qualify|irs|warrant|arrest|arrested|final notice|last chance|act now|important message|claim your|lower your|interest rate|guaranteed|special|discount|promotion|legal action|suspended|amazon|microsoft|bitcoin|gift card|pre approved|preapproved|eligible|recorded line|scheduled to be closed|specialists|representative"},
	{writing | phone | link, "text me|text us|text it|text that|text the|text him|text her|text my|text back|texting me|text at|text on|text to|send me a text|send a text|drop me a text|shoot me a text|give me a text|send us a text|a text to|a text on|text message to|text only|texts only|only text|only texts|just text|please text|message me|message us|whatsapp|whatsapp me|sms|by text|via text|over text"},
	{anew, "call|ring|phone|reach|try|text|dial|contact"},
	{fine, "fine|good|ok|works|best|will do|perfect|great|anytime|any time|please|yes|preferred|okay|right|correct|better|always|day or night|suits|still|only"},
}
