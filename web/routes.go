package web

import (
	"net/http"

	"afterbeep/store"
)

// form is how a route answers, errors included.
type form int

const (
	formPage   form = iota // HTML; who is not signed in is sent to sign in
	formAPI                // JSON
	formFile               // bytes; errors as a page for who accepts HTML, else as JSON
	formStream             // as formFile, for as long as somebody takes them
	formProbe              // JSON for machines that watch; answers are not logged
)

// route is one row of the list.
type route struct {
	method string // GET answers HEAD too
	path   string
	right  right
	form   form
	action string // the audit action of the route; "" leaves no entry
	handle func(*visit) error
}

// routes lists every address that Afterbeep answers, with the right it asks
// for. Nothing is answered that is not in this list.
func (s *Server) routes() []route {
	const get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	return []route{
		{get, "/healthz", rightPublic, formProbe, "", s.getHealth},
		{get, "/readyz", rightPublic, formProbe, "", s.getReady},
		{get, "/metrics", rightPublic, formProbe, "", s.getMetrics},
		{get, openAPIPath, rightPublic, formAPI, "", s.getOpenAPI},
		{get, "/static/:digest/*", rightPublic, formFile, "", s.getStatic},
		{get, "/favicon.ico", rightPublic, formFile, "", s.getFavicon},

		{get, loginPath, rightPublic, formPage, "", s.getLogin},
		{post, loginPath, rightPublic, formPage, store.AuditSignIn, s.postLogin},
		{post, "/logout", rightPublic, formPage, store.AuditSignOut, s.postLogout},
		{get, SetupPath, rightPublic, formPage, "", s.getSetup},
		{post, SetupPath, rightPublic, formPage, store.AuditUserEdit, s.postSetup},

		{post, themePath, rightPublic, formPage, "", s.postTheme},

		{get, "/", rightSearch, formPage, store.AuditSearch, s.getSearch},
		{get, operatorsPath, rightSearch, formAPI, store.AuditHelp, s.getOperators},
		{get, searchFormPath, rightSearch, formPage, store.AuditHelp, s.getSearchForm},
		{get, helpPath, rightSearch, formPage, store.AuditHelp, s.getHelp},
		{get, componentsPath, rightSearch, formPage, store.AuditHelp, s.getComponents},
		{get, exportPath, rightExport, formStream, store.AuditSearch, s.getExport},
		{get, insightsPath, rightSearch, formPage, store.AuditInsights, s.getInsights},
		{get, measurePath, rightCallbacks, formPage, store.AuditMeasure, s.getMeasure},
		{get, measureExportPath, rightExport, formFile, store.AuditMeasure, s.getMeasureExport},
		{get, eventsPath, rightSearch, formStream, store.AuditFollow, s.getEvents},
		{get, exportProgressPath, rightExport, formStream, store.AuditExport, s.getExportProgress},
		{get, "/voicemails/:id", rightOpen, formPage, store.AuditOpen, s.getVoicemail},
		{get, "/voicemails/:id/recordings/:n", rightPlay, formFile, store.AuditPlay, s.getRecording},
		{get, "/voicemails/:id/recordings/:n/peaks", rightPlay, formAPI, store.AuditOpen, s.getPeaks},
		{post, "/voicemails/:id/recordings/:n/fetch", rightRefetch, formPage, store.AuditRefetch, s.postFetch},
		{post, "/voicemails/:id/lookup", rightRefetch, formPage, store.AuditRefetch, s.postLookUp},
		{post, "/voicemails/:id/notes", rightRemark, formPage, store.AuditNoteEdit, s.postNote},
		{post, "/voicemails/:id/notes/:note", rightRemark, formPage, store.AuditNoteEdit, s.postNoteEdit},
		{post, "/voicemails/:id/notes/:note/delete", rightRemark, formPage, store.AuditNoteEdit, s.postNoteDelete},
		{post, "/voicemails/:id/tags", rightRemark, formPage, store.AuditTagEdit, s.postTag},
		{post, "/voicemails/:id/tags/delete", rightRemark, formPage, store.AuditTagEdit, s.postTagDelete},

		{get, callbacksPath, rightCallbacks, formPage, store.AuditCallbacks, s.getCallbacks},
		{post, nextPath, rightWork, formPage, store.AuditWork, s.postNext},
		{post, bulkPath, rightWork, formPage, store.AuditWork, s.postBulk},
		{get, callbacksPath + "/:id", rightCallbacks, formPage, store.AuditOpen, s.getCallback},
		{post, callbacksPath + "/:id/claim", rightWork, formPage, store.AuditWork, s.postAct(store.VerbClaim)},
		{post, callbacksPath + "/:id/release", rightWork, formPage, store.AuditWork, s.postAct(store.VerbRelease)},
		{post, callbacksPath + "/:id/assign", rightWork, formPage, store.AuditWork, s.postAct(store.VerbAssign)},
		{post, callbacksPath + "/:id/attempt", rightWork, formPage, store.AuditWork, s.postAct(store.VerbAttempt)},
		{post, callbacksPath + "/:id/close", rightWork, formPage, store.AuditWork, s.postAct(store.VerbClose)},
		{post, callbacksPath + "/:id/reopen", rightWork, formPage, store.AuditWork, s.postAct(store.VerbReopen)},
		{post, callbacksPath + "/:id/undo", rightWork, formPage, store.AuditWork, s.postAct(store.VerbUndo)},
		{post, callbacksPath + "/:id/snooze", rightWork, formPage, store.AuditWork, s.postAct(store.VerbSnooze)},
		{post, callbacksPath + "/:id/take", rightWork, formPage, store.AuditWork, s.postAct(store.VerbTake)},
		{post, callbacksPath + "/:id/note", rightWork, formPage, store.AuditWork, s.postAct(store.VerbNote)},
		{post, callbacksPath + "/:id/correct", rightWork, formPage, store.AuditWork, s.postAct(store.VerbCorrect)},

		{get, ownPage, rightOwn, formPage, store.AuditOwn, s.getMe},
		{post, ownPage + "/settings", rightOwn, formPage, store.AuditOwnEdit, s.postSettings},
		{post, ownPage + "/password", rightOwn, formPage, store.AuditOwnEdit, s.postOwnPassword},
		{post, ownPage + "/sessions", rightOwn, formPage, store.AuditOwnEdit, s.postEndSession},
		{post, ownPage + "/tokens", rightOwn, formPage, store.AuditOwnEdit, s.postOwnToken},
		{post, ownPage + "/tokens/revoke", rightOwn, formPage, store.AuditOwnEdit, s.postRevokeOwnToken},

		{get, peoplePath, rightAdminister, formPage, store.AuditPeople, s.getPeople},
		{post, peoplePath, rightAdminister, formPage, store.AuditUserEdit, s.postPerson},
		{get, peoplePath + "/:id", rightAdminister, formPage, store.AuditPeople, s.getPerson},
		{post, peoplePath + "/:id", rightAdminister, formPage, store.AuditUserEdit, s.postRights},
		{post, peoplePath + "/:id/password", rightAdminister, formPage, store.AuditUserEdit, s.postTheirPassword},
		{post, peoplePath + "/:id/state", rightAdminister, formPage, store.AuditUserEdit, s.postPersonState},
		{post, peoplePath + "/:id/sessions", rightAdminister, formPage, store.AuditUserEdit, s.postSignThemOut},
		{post, peoplePath + "/:id/tokens", rightAdminister, formPage, store.AuditUserEdit, s.postTheirToken},
		{post, peoplePath + "/:id/tokens/revoke", rightAdminister, formPage, store.AuditUserEdit, s.postRevokeTheirToken},
		{get, auditPath, rightAdminister, formPage, store.AuditTrailSeen, s.getAudit},

		{get, savedPath, rightSearch, formPage, store.AuditSaved, s.getSaved},
		{post, savedPath, rightSearch, formPage, store.AuditSavedEdit, s.postSaved},
		{get, savedPath + "/:id", rightSearch, formPage, store.AuditSaved, s.openSaved},
		{post, savedPath + "/:id", rightSearch, formPage, store.AuditSavedEdit, s.postSavedChange},
		{post, savedPath + "/:id/delete", rightSearch, formPage, store.AuditSavedEdit, s.postSavedDelete},

		{get, alertsPath, rightSearch, formPage, store.AuditAlerts, s.getAlerts},
		{post, alertsPath, rightSearch, formPage, store.AuditAlertEdit, s.postAlert},
		{post, alertsPath + "/:id/test", rightSearch, formPage, store.AuditAlertTest, s.postAlertTest},
		{post, alertsPath + "/:id/pause", rightSearch, formPage, store.AuditAlertEdit, s.postAlertPause},
		{post, alertsPath + "/:id/delete", rightSearch, formPage, store.AuditAlertEdit, s.postAlertDelete},
		{post, "/deliveries/:id/again", rightSearch, formPage, store.AuditAlertEdit, s.postDeliveryAgain},

		{get, deskPath, rightAdminister, formPage, store.AuditDesk, s.getDesk},
		{post, deskPath, rightAdminister, formPage, store.AuditDeskEdit, s.postDesk},

		{get, "/status", rightAdminister, formPage, store.AuditStatus, s.getStatus},
		{post, "/ingest/run", rightAdminister, formPage, store.AuditRunNow, s.postRun},
		{get, ledgerPath, rightAdminister, formPage, store.AuditLedger, s.getLedger},
		{get, gapsPath, rightAdminister, formPage, store.AuditLedger, s.getGaps},
		{post, gapsPath + "/wake", rightAdminister, formPage, store.AuditRetry, s.postWakeGaps},
		{post, "/backfills", rightAdminister, formPage, store.AuditBackfill, s.postBackfill},
		{post, "/backfills/:id", rightAdminister, formPage, store.AuditBackfill, s.postBackfillState},
		{get, addSessionsPath, rightAdminister, formPage, store.AuditEnlist, s.getAddSessions},
		{post, addSessionsPath, rightAdminister, formPage, store.AuditEnlist, s.postAddSessions},
		{get, "/sessions/:id", rightAdminister, formPage, store.AuditOpen, s.getSession},
		{post, "/sessions/:id/wake", rightAdminister, formPage, store.AuditRetry, s.postWake},
		{get, botsPath, rightAdminister, formPage, store.AuditBots, s.getBots},
		{post, botsPath, rightAdminister, formPage, store.AuditBotEdit, s.postBot},
		{post, botsPath + "/test", rightAdminister, formPage, store.AuditBotTest, s.postBotTest},
		{post, botsPath + "/delete", rightAdminister, formPage, store.AuditBotEdit, s.postBotDelete},
		{get, synonymsPath, rightAdminister, formPage, store.AuditSynonyms, s.getSynonyms},
		{post, synonymsPath, rightAdminister, formPage, store.AuditSynonymEdit, s.postSynonyms},

		{get, "/api/v1/voicemails", rightSearch, formAPI, store.AuditSearch, s.apiSearch},
		{get, "/api/v1/voicemails/:id", rightOpen, formAPI, store.AuditOpen, s.apiVoicemail},
		{post, "/api/v1/voicemails/:id/notes", rightRemark, formAPI, store.AuditNoteEdit, s.apiAddNote},
		{patch, "/api/v1/voicemails/:id/notes/:note", rightRemark, formAPI, store.AuditNoteEdit, s.apiEditNote},
		{del, "/api/v1/voicemails/:id/notes/:note", rightRemark, formAPI, store.AuditNoteEdit, s.apiDeleteNote},
		{put, "/api/v1/voicemails/:id/tags/:tag", rightRemark, formAPI, store.AuditTagEdit, s.apiPutTag},
		{del, "/api/v1/voicemails/:id/tags/:tag", rightRemark, formAPI, store.AuditTagEdit, s.apiDeleteTag},
		{get, apiCallbacks, rightCallbacks, formAPI, store.AuditCallbacks, s.apiCallbacks},
		{post, apiCallbacks + "/next", rightWork, formAPI, store.AuditWork, s.apiNext},
		{get, apiCallbacks + "/:id", rightCallbacks, formAPI, store.AuditOpen, s.apiCallback},
		{post, apiCallbacks + "/:id/claim", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbClaim)},
		{post, apiCallbacks + "/:id/release", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbRelease)},
		{post, apiCallbacks + "/:id/assign", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbAssign)},
		{post, apiCallbacks + "/:id/attempt", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbAttempt)},
		{post, apiCallbacks + "/:id/close", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbClose)},
		{post, apiCallbacks + "/:id/reopen", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbReopen)},
		{post, apiCallbacks + "/:id/undo", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbUndo)},
		{post, apiCallbacks + "/:id/snooze", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbSnooze)},
		{post, apiCallbacks + "/:id/take", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbTake)},
		{post, apiCallbacks + "/:id/note", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbNote)},
		{post, apiCallbacks + "/:id/correct", rightWork, formAPI, store.AuditWork, s.apiAct(store.VerbCorrect)},
		{get, apiSavedPath, rightSearch, formAPI, store.AuditSaved, s.apiSavedList},
		{post, apiSavedPath, rightSearch, formAPI, store.AuditSavedEdit, s.apiAddSaved},
		{get, apiSavedPath + "/:id", rightSearch, formAPI, store.AuditSaved, s.apiSaved},
		{patch, apiSavedPath + "/:id", rightSearch, formAPI, store.AuditSavedEdit, s.apiChangeSaved},
		{del, apiSavedPath + "/:id", rightSearch, formAPI, store.AuditSavedEdit, s.apiDeleteSaved},
		{post, apiSavedPath + "/:id/look", rightSearch, formAPI, store.AuditSaved, s.apiLookSaved},
		{get, apiAlertsPath, rightSearch, formAPI, store.AuditAlerts, s.apiAlerts},
		{post, apiAlertsPath, rightSearch, formAPI, store.AuditAlertEdit, s.apiAddAlert},
		{get, apiAlertsPath + "/:id", rightSearch, formAPI, store.AuditAlerts, s.apiAlert},
		{patch, apiAlertsPath + "/:id", rightSearch, formAPI, store.AuditAlertEdit, s.apiChangeAlert},
		{del, apiAlertsPath + "/:id", rightSearch, formAPI, store.AuditAlertEdit, s.apiDeleteAlert},
		{post, apiAlertsPath + "/:id/test", rightSearch, formAPI, store.AuditAlertTest, s.apiTestAlert},
		{get, apiDeliveriesPath, rightSearch, formAPI, store.AuditAlerts, s.apiDeliveries},
		{post, apiDeliveriesPath + "/:id/again", rightSearch, formAPI, store.AuditAlertEdit, s.apiDeliveryAgain},
		{get, "/api/v1/sessions/:sessionId", rightOpen, formAPI, store.AuditOpen, s.apiSession},
		{get, apiMeasurePath, rightCallbacks, formAPI, store.AuditMeasure, s.apiMeasure},
		{get, "/api/v1/ledger", rightAdminister, formAPI, store.AuditLedger, s.apiLedger},
		{get, apiSynonymsPath, rightAdminister, formAPI, store.AuditSynonyms, s.apiSynonyms},
		{put, apiSynonymsPath, rightAdminister, formAPI, store.AuditSynonymEdit, s.apiPutSynonyms},

		{post, hookPath, rightPush, formAPI, store.AuditPush, s.postHook},
	}
}
