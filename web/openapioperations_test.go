package web

import (
	"net/http"
	"reflect"
)

// operation is what the document says of a route beside what the route says.
type operation struct {
	id      string // what clients call it
	tag     string
	summary string
	says    string // more of it; may be empty
	asks    []parameter
	body    reflect.Type // nil: none
	need    bool         // the body can't be left out
	status  int          // where it was done
	answer  reflect.Type // nil: an empty answer
	empty   string       // when it answers 204 instead; "" where never
	refuses []int        // beside 400, 401, 403, 500 and 503
}

// parameter is one of an address.
type parameter struct {
	name, says string
	schema     object
}

func wordy(name, says string, enum ...string) parameter {
	schema := object{"type": "string"}
	if len(enum) > 0 {
		schema["enum"] = enum
	}
	return parameter{name, says, schema}
}

func flag1(name, says string) parameter { return wordy(name, says, "1", "") }

func numbered(name, says string, otherwise, most int) parameter {
	return parameter{name, says, object{"type": "integer", "minimum": 1, "maximum": most, "default": otherwise}}
}

// pathParameters are those that stand in paths.
func pathParameters() map[string]parameter {
	number := func(says string) parameter { return parameter{"", says, object{"type": "integer", "format": "int64"}} }
	return map[string]parameter{"id": number("the id"), "note": number("the note’s id"), "tag": wordy("", "the tag, folded to one word in lower case"),
		"sessionId": wordy("", "the session’s id upstream"), "deliveryId": wordy("", "the delivery’s id")}
}

func searchAsks() []parameter {
	return []parameter{wordy("q", "the query; empty is everything"), wordy("bot", "a bot’s id"), wordy("lang", "a language, as en"),
		wordy("queue", "a queue’s name"), wordy("has", "what the voicemail has", append(Haves(), "")...),
		wordy("from", "a date, or a time as in RFC 3339: the first that counts"), wordy("to", "a date, which counts as a whole, or a time, which counts no more"),
		wordy("tz", "the zone of dates and bins, as Europe/Berlin; UTC without"), wordy("callback", "where the work on it stands", append(Callbacks(), "")...),
		wordy("sort", "relevance with a query and newest without, where nothing is said", "newest", "oldest", "relevance", ""),
		numbered("limit", "hits a page", DefaultLimit, MaxLimit), wordy("cursor", "next_cursor or prev_cursor of an answer to the same search"),
		flag1("facets", "1 asks for facets and the histogram")}
}

// daysAsks are the parameters that name days.
func daysAsks() []parameter {
	return []parameter{wordy("from", "the first day"), wordy("to", "the last day"), wordy("tz", "the zone of the days; UTC without"), wordy("bot", "a bot’s id")}
}

// operations are all of them, by method and path of the route.
func operations() map[string]operation {
	all := map[string]operation{}
	for _, part := range []map[string]operation{voicemailOperations(), savedOperations(), alertOperations(), otherOperations()} {
		for route, op := range part {
			all[route] = op
		}
	}
	for verb, says := range map[string]string{
		"claim":   "Take it, for as long as a lease lasts; again prolongs it.",
		"release": "Give it back.",
		"assign":  "Give it to `assignee`.",
		"attempt": "Nobody was reached (`result`): it is open again, and comes back at `next`.",
		"close":   "It is done, with an `outcome`.",
		"reopen":  "It is not done after all.",
		"undo":    "Take back what the same person did last.",
		"snooze":  "It is not offered before `until`.",
		"note":    "Write `note` down.",
		"take":    "Take it into the work, though it was too old for it.",
		"correct": "Say what the machine got wrong: `requested`, `number`.",
	} {
		all["POST "+apiCallbacks+"/:id/"+verb] = operation{id: verb + "Callback", tag: "Callbacks", summary: says, body: reflect.TypeFor[sentAct](),
			status: http.StatusOK, answer: reflect.TypeFor[CallbackAnswer](), refuses: []int{404, 409}}
	}
	return all
}

func voicemailOperations() map[string]operation {
	const at, tag = "/api/v1/voicemails", "Voicemails"
	return map[string]operation{
		"GET " + at: {id: "searchVoicemails", tag: tag, summary: "Search.", asks: searchAsks(), status: 200, answer: reflect.TypeFor[SearchAnswer](),
			says: "Words side by side must all match; any query up to 32 KB is taken. The query language is in docs/query.md."},
		"GET " + at + "/:id": {id: "getVoicemail", tag: tag, summary: "One voicemail in full.", asks: []parameter{wordy("q", "a query, whose matches are marked in the snippet")},
			status: 200, answer: reflect.TypeFor[VoicemailAnswer](), refuses: []int{404}},
		"POST " + at + "/:id/notes": {id: "addNote", tag: tag, summary: "Write a note.", body: reflect.TypeFor[sentNote](), need: true, status: 201,
			answer: reflect.TypeFor[NoteAnswer](), refuses: []int{404}},
		"PATCH " + at + "/:id/notes/:note": {id: "editNote", tag: tag, summary: "Change the text of one’s own note.", body: reflect.TypeFor[sentNote](), need: true, status: 200,
			answer: reflect.TypeFor[NoteAnswer](), refuses: []int{404}},
		"DELETE " + at + "/:id/notes/:note": {id: "deleteNote", tag: tag, summary: "Delete a note: one’s own, or as an administrator any.", status: 204, refuses: []int{404}},
		"PUT " + at + "/:id/tags/:tag": {id: "putTag", tag: tag, summary: "Put a tag on, where it is not there.", status: 200, answer: reflect.TypeFor[TagsAnswer](),
			refuses: []int{404}},
		"DELETE " + at + "/:id/tags/:tag": {id: "deleteTag", tag: tag, summary: "Take a tag off: one’s own, or as an administrator any.", status: 204, refuses: []int{404}},
		"GET /api/v1/sessions/:sessionId": {id: "getSession", tag: tag, summary: "A session’s row in the ledger, and its voicemail where it has one.", status: 200,
			answer: reflect.TypeFor[SessionAnswer](), refuses: []int{404}},
	}
}

func savedOperations() map[string]operation {
	const at, tag = apiSavedPath, "Saved searches"
	return map[string]operation{
		"GET " + at: {id: "listSaved", tag: tag, summary: "The saved searches that the caller sees, with what is new in each.", status: 200,
			answer: reflect.TypeFor[SavedListAnswer]()},
		"POST " + at: {id: "addSaved", tag: tag, summary: "Save a search.", body: reflect.TypeFor[sentSearch](), need: true, status: 201,
			answer: reflect.TypeFor[SavedAnswer](), refuses: []int{409}},
		"GET " + at + "/:id": {id: "getSaved", tag: tag, summary: "One saved search. Reading it is no look.", status: 200, answer: reflect.TypeFor[SavedAnswer](),
			refuses: []int{404}},
		"PATCH " + at + "/:id": {id: "changeSaved", tag: tag, summary: "Change one’s own. What is left out stays.", body: reflect.TypeFor[sentSearch](), need: true,
			status: 200, answer: reflect.TypeFor[SavedAnswer](), refuses: []int{404, 409}},
		"DELETE " + at + "/:id":    {id: "deleteSaved", tag: tag, summary: "Delete one’s own, with all alerts on it.", status: 204, refuses: []int{404}},
		"POST " + at + "/:id/look": {id: "lookAtSaved", tag: tag, summary: "From now on nothing in it is new.", status: 200, answer: reflect.TypeFor[SavedAnswer](), refuses: []int{404}},
	}
}

func alertOperations() map[string]operation {
	const at, tag = apiAlertsPath, "Alerts"
	return map[string]operation{
		"GET " + at: {id: "listAlerts", tag: tag, summary: "One’s own alerts, and how people can be told.", status: 200, answer: reflect.TypeFor[AlertsAnswer]()},
		"POST " + at: {id: "addAlert", tag: tag, summary: "Set an alert on a saved search, or on requests that wait for too long.", body: reflect.TypeFor[sentAlert](),
			says: "Webhooks are for those who may export.", need: true, status: 201, answer: reflect.TypeFor[AlertKept](), refuses: []int{409}},
		"GET " + at + "/:id": {id: "getAlert", tag: tag, summary: "One’s own alert.", status: 200, answer: reflect.TypeFor[AlertAnswer](), refuses: []int{404}},
		"PATCH " + at + "/:id": {id: "changeAlert", tag: tag, summary: "Change one’s own. What is left out stays; what it is on can’t be changed.",
			body: reflect.TypeFor[sentAlert](), need: true, status: 200, answer: reflect.TypeFor[AlertKept](), refuses: []int{404, 409}},
		"DELETE " + at + "/:id":                    {id: "deleteAlert", tag: tag, summary: "Delete one’s own, with its deliveries.", status: 204, refuses: []int{404}},
		"POST " + at + "/:id/test":                 {id: "testAlert", tag: tag, summary: "Send a message without a voicemail, at once.", status: 200, answer: reflect.TypeFor[AlertTested](), refuses: []int{404, 409}},
		"GET " + apiDeliveriesPath:                 {id: "listDeliveries", tag: tag, summary: "The newest 50 messages of one’s own alerts.", status: 200, answer: reflect.TypeFor[DeliveriesAnswer]()},
		"POST " + apiDeliveriesPath + "/:id/again": {id: "sendAgain", tag: tag, summary: "Send again what was given up.", status: 204, refuses: []int{404, 409}},
	}
}

func otherOperations() map[string]operation {
	const work = "Callbacks"
	return map[string]operation{
		"GET " + openAPIPath: {id: "getOpenAPI", tag: "About", summary: "This document.", status: 200},
		"GET " + apiCallbacks: {id: "listCallbacks", tag: work, summary: "The work list: a row for each caller who waits.", status: 200, answer: reflect.TypeFor[CallbacksAnswer](),
			asks: []parameter{wordy("lane", "requests where nothing is said", "requests", "listen", "old", ""), wordy("status", "any where nothing is said", "open", "claimed", "done", ""),
				flag1("mine", "1: only what the caller holds; with status=done, has closed"), flag1("overdue", "1: only what should have been done by now"), wordy("bot", "a bot’s id"),
				wordy("queue", "a queue’s name"), wordy("lang", "a language, as en"), numbered("limit", "rows a page", workLimit, 200), wordy("cursor", "next_cursor of the answer before")}},
		"POST " + apiCallbacks + "/next": {id: "claimNextCallback", tag: work, summary: "Claim what goes first.", body: reflect.TypeFor[sentNext](), status: 200,
			answer: reflect.TypeFor[CallbackAnswer](), empty: "Nobody waits."},
		"GET " + apiCallbacks + "/:id": {id: "getCallback", tag: work, summary: "One callback, with its history.", status: 200, answer: reflect.TypeFor[CallbackAnswer](), refuses: []int{404}},
		"GET " + apiMeasurePath: {id: "measureCallbacks", tag: work, summary: "How long callers waited, in business time.", status: 200, answer: reflect.TypeFor[MeasureAnswer](),
			asks: append(daysAsks(), wordy("queue", "a queue’s name"), wordy("period", "the days until today, where from and to say nothing", "7d", "4w", "12w", "1y", ""))},
		"GET /api/v1/ledger": {id: "getLedger", tag: "Administration", summary: "How complete the archive is, by bot and day, and what is missing.", status: 200, answer: reflect.TypeFor[LedgerAnswer](),
			asks: append(daysAsks(), wordy("kind", "kinds of gaps, with commas between them"), numbered("limit", "gaps at most", 200, 1000))},
		"GET " + apiSynonymsPath: {id: "getSynonyms", tag: "Administration", summary: "The synonyms that searches use.", status: 200, answer: reflect.TypeFor[SynonymsAnswer]()},
		"PUT " + apiSynonymsPath: {id: "putSynonyms", tag: "Administration", summary: "Replace the synonyms, as an administrator of all bots.", body: reflect.TypeFor[sentSynonyms](), need: true,
			status: 200, answer: reflect.TypeFor[SynonymsAnswer](), refuses: []int{409}},
	}
}
