// Package web is Afterbeep's face: the pages, the JSON API, signing in, and who
// may do what.
//
// It hides echo, HTML and cookies from the rest of the program. It promises
// that each route names the right that it needs in one list (routes.go), that
// every read takes the reader's scope, and that a search, an open and a play
// are in the audit log before they are answered: no audit, no answer. Pages
// are rendered to memory first, so nobody is sent half of one, and all of them
// work without JavaScript.
//
// It never puts an upstream link in a page, never logs what people search for,
// say or are called, and never shows an error's inner text. It knows neither
// the ingester nor a database: what it needs of them are the interfaces in
// ports.go, all but Searcher may be nil, and store.Store.
package web
