package web

import (
	_ "embed"
	"net/http"
)

const openAPIPath = "/api/v1/openapi.json"

// openAPI is the description of /api/v1. It is made of the routes, of the types
// that handlers read and write, and of their comments, by
// go test ./web -run TestOpenAPIDocument -update; tests hold it to be true.
//
//go:embed openapi.json
var openAPI []byte

// getOpenAPI describes the API. It tells nothing that the source doesn't, so it
// asks for no right: what generates clients needs no token.
func (s *Server) getOpenAPI(v *visit) error {
	v.Response().Header().Set("Cache-Control", "public, max-age=300")
	return v.Blob(http.StatusOK, "application/json; charset=utf-8", openAPI)
}
