package koresim

import (
	"slices"
	"time"
)

// row is one record of call details, keys as the vendor's sample prints them.
func (s *Sim) row(x *session, w window) object {
	r := rowOf{s: s, x: x, w: w, d: newDice(x.key, "row", 0)}
	r.user = s.userOf(x)
	r.child = childBot(x.bot)
	r.channelUser = s.cfg.AccountID + "/korevg/" + r.d.uuid()
	if x.kind == kindBot {
		return r.botOnly()
	}
	return r.full()
}

// rowOf gathers what the parts of one record share.
type rowOf struct {
	s                        *Sim
	x                        *session
	w                        window
	d                        dice
	user, child, channelUser string
}

// childBot is the automation bot behind a bot of the account.
func childBot(bot string) string {
	d := newDice(0, "child "+bot, 0)
	return "st-" + d.uuid()
}

// orgID is the organisation of the account.
func (s *Sim) orgID() string {
	d := newDice(0, "org "+s.cfg.AccountID, 0)
	return "o-" + d.uuid()
}

// local is a time as records tell it: in the asked zone, without saying so.
func (r *rowOf) local(t time.Time) string {
	return t.UTC().Add(r.w.zone).Format("2006-01-02T15:04:05")
}

// botOnly is the shorter record of a session that never left the bot: no
// conversationId, no isVoicemail.
func (r *rowOf) botOnly() object {
	who := r.s.personOf(r.x)
	return object{
		{"sessionId", r.x.id}, {"channel", r.s.channel(r.x)},
		{"sessionStartTime", r.local(r.x.start)}, {"sessionEndTime", r.local(r.s.end(r.x))},
		{"botId", r.x.bot}, {"userId", r.user}, {"channelSpecificUserId", mailOf(who)}, {"orgId", r.s.orgID()},
		{"smartStatus", "CLOSED AT BOT"}, {"reason", ""}, {"disconnectingEvent", ""}, {"errorDetails", ""},
		{"finalStatus", "BotResolved"}, {"automationBotIDs", []string{r.child}},
	}
}

// ending is how a kind of session ends in the record.
type ending struct{ final, smart, reason, event string }

var endings = map[kind]ending{
	kindVoicemail: {"CLOSED", "CLOSED", "", "User Hangup"},
	kindAnswered:  {"CLOSED", "CLOSED", "Resolved", "Agent Hangup"},
	kindOutbound:  {"CLOSED", "CLOSED", "Resolved", "Agent Hangup"},
	kindAbandoned: {"USER ABANDONED", "ABANDONED AT QUEUE", "", "User Hangup"},
	kindChat:      {"CLOSED", "CLOSED", "Resolved", "Agent Closed"},
}

// full is the record of a session that had a conversation.
func (r *rowOf) full() object {
	m := r.s.message(r.x)
	end := endings[r.x.kind]
	direction := "Inbound"
	if r.x.kind == kindOutbound {
		direction = "Outbound"
	}
	bot := r.x.bot
	if r.s.quirks.ChildBotRows && r.x.kind == kindVoicemail && r.d.chance(.4) {
		bot = r.child
	}
	dispositions, remarks := []string{}, []string{}
	if end.reason != "" {
		dispositions, remarks = []string{end.reason}, []string{"The customer asked for " + m.queue.name + "."}
	}
	o := object{
		{"conversationId", "c-" + r.d.shortUUID()}, {"sessionId", r.x.id}, {"channel", r.s.channel(r.x)},
	}
	if v, ok := flag(r.s.quirks.Flag, r.x.kind == kindVoicemail); ok && !r.s.inDialog(r.x) {
		o = append(o, field{"isVoicemail", v})
	}
	o = append(o, field{"Direction", direction})
	if r.selected("skills") {
		o = append(o, field{"skills", []string{}})
	}
	o = append(o, object{
		{"finalStatus", end.final}, {"smartStatus", end.smart}, {"reason", end.reason},
		{"disconnectingEvent", end.event}, {"errorDetails", ""}, {"botId", bot},
		{"dispositions", dispositions}, {"dispositionRemarks", remarks},
		{"metaInfo", r.metaInfo(m)},
	}...)
	if r.selected("customerinfo") {
		o = append(o, field{"customerinfo", r.customer(m)})
	}
	o = append(o, object{
		{"sessionStartTime", r.local(r.x.start)}, {"sessionEndTime", r.local(r.s.end(r.x))},
		{"channelSpecificUserId", r.channelUser}, {"userId", r.user},
		{"destinations", r.destinations(m)},
	}...)
	return append(o, r.tags()...)
}

// flag is the value of isVoicemail and whether the key is there at all.
func flag(style FlagStyle, yes bool) (any, bool) {
	switch style {
	case FlagAbsent:
		return nil, false
	case FlagBool:
		return yes, true
	case FlagNumber:
		if yes {
			return 1, true
		}
		return 0, true
	}
	if yes {
		return string(style), true
	}
	no := map[FlagStyle]string{FlagYesTitle: "No", FlagYesLower: "no", FlagY: "N", FlagTrueLower: "false", FlagTrueUpper: "FALSE", FlagDigit: "0"}[style]
	if no == "" {
		no = "NO"
	}
	return no, true
}

func (r *rowOf) selected(name string) bool { return slices.Contains(r.w.SelectedFields, name) }

func (r *rowOf) customer(m message) object {
	who := r.s.personOf(r.x)
	return object{
		{"CustomerPhone", who.number}, {"CenterPhone", m.queue.number},
		{"CustomerFirstName", who.first}, {"CustomerLastName", who.last}, {"CustomerEmail", ""},
	}
}

func (r *rowOf) tags() object {
	var o object
	if r.selected("userleveltags") {
		o = append(o, field{"userleveltags", []object{}})
	}
	if r.selected("sessionleveltags") {
		tags := []object{}
		if r.s.channel(r.x) == "Voice" {
			tags = append(tags, object{{"name", "callerNumber"}, {"value", r.s.personOf(r.x).number}},
				object{{"name", "audioCodesCallDisconnect"}, {"value", "1"}})
		}
		o = append(o, field{"sessionleveltags", tags})
	}
	return append(o, field{"automationBotIDs", []string{r.child}})
}

// metaInfo is what the automation knew, as in the samples of voice sessions
// and of chats.
func (r *rowOf) metaInfo(m message) object {
	who := r.s.personOf(r.x)
	transfer := object{
		{"skillsIds", []string{r.d.hex(8) + r.d.hex(4), r.d.hex(8) + r.d.hex(4)}},
		{"overrideAgents", false}, {"overrideValues", []string{}},
		{"assistEvents", object{{"startEvent", object{{"isEnabled", false}}}}},
		{"automationBotId", r.child}, {"lastIntentName", m.queue.name},
		{"lastIntentuserInput", m.queue.name + ", please."}, {"dialog_tone", []string{}},
		{"accountId", r.s.cfg.AccountID},
	}
	hours := object{{"workdays", "mon,tue,wed,thu,fri"}, {"workstart", "8:00 AM"}, {"workend", "5:00 PM"}}
	tail := object{
		{"agentTransferConfig", transfer}, {"workinghours", hours},
		{"profImage", "no-avatar"}, {"profColour", "#ff4500"}, {"jTitle", ""}, {"dept", ""}, {"activationStatus", "active"},
		{"firstName", ""}, {"lastName", ""}, {"orgId", r.s.orgID()}, {"_id", r.user}, {"accountId", r.s.cfg.AccountID},
		{"identities", []object{{{"val", r.channelUser}, {"type", "mapped"}}}},
	}
	if r.x.kind == kindChat {
		return append(tail, object{{"ipAddress", "192.0.2.10"}, {"hostDomain", "https://platform.example"}, {"os", "Windows"}}...)
	}
	caller, callee := who.number, m.queue.number
	if r.x.kind == kindOutbound {
		caller, callee = callee, caller
	}
	head := object{
		{"caller", caller}, {"callee", callee}, {"callerHost", "192.0.2.2"},
		{"userId", r.user}, {"dialedNumber", callee},
	}
	return append(append(head, tail...), field{"transcribeConfig", object{{"transcribe", true}}})
}

// destinations tells of queue and agents. Times are local, but for those of a
// callback, which are UTC with a Z in the same record.
func (r *rowOf) destinations(m message) []object {
	x, end := r.x, r.s.end(r.x)
	if x.kind == kindOutbound {
		return []object{r.answered(x.start.Add(12*time.Second), end)}
	}
	entered := x.start.Add(time.Duration(r.d.between(4, 11)) * time.Second)
	opted := x.kind == kindVoicemail && m.opted || x.kind == kindAbandoned && r.d.chance(.3)
	q := object{
		{"destinationType", "QueueEntry"}, {"queueId", m.queue.id}, {"queueName", m.queue.name}, {"CallbackOpted", opted},
	}
	const utc = "2006-01-02T15:04:05.000Z"
	if opted {
		at := entered.Add(time.Duration(r.d.between(1000, 6000)) * time.Millisecond)
		q = append(q, field{"CallbackOptedTime", at.UTC().Format(utc)})
		if x.kind == kindAbandoned {
			at = at.Add(time.Duration(r.d.between(60_000, 3_600_000)) * time.Millisecond)
			q = append(q, field{"userCallbackAcceptTime", at.UTC().Format(utc)})
		}
	}
	q = append(q, field{"EnterTime", r.local(entered)})
	if x.kind == kindAnswered || x.kind == kindChat {
		q = append(q, field{"respondingAgent", r.answered(entered.Add(time.Duration(r.d.between(2, 40))*time.Second), end)})
	}
	if n := r.s.talked(x); n > 0 {
		from := entered.Add(2 * time.Second)
		q = append(q, field{"respondingAgent", r.answered(from, from.Add(time.Duration(n)*time.Second))})
	}
	if missed := r.missed(entered); len(missed) > 0 {
		q = append(q, field{"nonRespondingAgents", missed})
	}
	return []object{q}
}

// answered is the segment of an agent who took the call at a time.
func (r *rowOf) answered(at, end time.Time) object {
	if at.After(end) {
		at = end
	}
	a := pick(&r.d, agents)
	talked := int(end.Sub(at) / time.Second)
	after := r.d.between(0, 60)
	return object{
		{"agentId", a.id}, {"agentNotes", []string{}}, {"destinationType", "AgentSegment"}, {"status", "Answered"},
		{"firstResponseTime", r.local(at)}, {"firstResponseDuration", 0},
		{"interactionEndTime", r.local(end)}, {"interactionDuration", talked},
		{"afterCallWorkDuration", after}, {"afterCallWorkEndTime", r.local(end.Add(time.Duration(after) * time.Second))},
		{"ConsultingAgents", []object{}}, {"JoinedUsers", []object{}},
		{"email", a.email}, {"name", a.name}, {"acceptedTime", r.local(at)}, {"assignedAt", r.local(at.Add(-2 * time.Second))},
	}
}

// missed are agents who did not pick up.
func (r *rowOf) missed(entered time.Time) []object {
	var out []object
	if r.d.chance(.15) {
		a := pick(&r.d, agents)
		out = append(out, object{
			{"agentId", a.id}, {"agentNotes", []string{}}, {"destinationType", "AgentSegment"}, {"email", a.email}, {"name", a.name},
			{"assignedAt", r.local(entered.Add(3 * time.Second))}, {"nonResponseEvent", pick(&r.d, []string{"Ignored", "Supervisor Reassigned"})},
		})
	}
	return out
}
