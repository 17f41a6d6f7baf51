package koresim

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// defaultSkew is what a token's times may be off; the documents tell no bound.
const defaultSkew = 10 * time.Second

// jtiMemory is how long a jti is remembered: the longest that a token with one may live.
const jtiMemory = time.Hour + time.Minute

// refusal is an error envelope with its HTTP status.
type refusal struct {
	status int
	code   int
	msg    string
	scope  bool // it was the scope, not the token
}

// Scope is what an app may do, as the vendor's pages name it.
type Scope string

// The scopes of the endpoints that are simulated.
const (
	ScopeAnalytics  Scope = "SmartAssist Analytics"
	ScopeSessions   Scope = "Bot Sessions"
	ScopeVoicemail  Scope = "SmartAssist Voicemail"
	ScopeRecordings Scope = "SmartAssist Recordings"
)

// checkScope refuses what is not ticked. How the upstream words that is not
// documented.
func (s *Sim) checkScope(want Scope) *refusal {
	if s.cfg.Scopes == nil || slices.Contains(s.cfg.Scopes, want) {
		return nil
	}
	return &refusal{status: s.quirks.ScopeStatus, code: s.quirks.ScopeStatus, msg: "Access denied: the app has no API scope for this", scope: true}
}

// Texts of refused tokens. The two about jti and "Invalid SDK credentials" are
// documented, the others made up in their manner.
const (
	msgCredentials = "Invalid SDK credentials"
	msgJTIHour     = `error verifying the jwt: if "jti" claim "exp" must be <= 1 hour(s)`
	msgReplay      = "error verifying the jwt: possibly a replay"
	msgJTIMissing  = `error verifying the jwt: "jti" claim is required`
	msgSignature   = "error verifying the jwt: invalid signature"
	msgExpired     = "error verifying the jwt: jwt expired"
	msgNotYet      = "error verifying the jwt: jwt not active"
)

// authorise checks the token of a request as the vendor's page on SDK security
// describes; nil is a good one. A token counts as used here, whatever becomes
// of the request.
func (s *Sim) authorise(r *http.Request) *refusal {
	bad := &refusal{status: s.quirks.AuthStatus, code: 4002, msg: msgCredentials}
	raw := r.Header.Get("auth")
	if raw == "" || strings.ContainsAny(raw, " \t") {
		return bad // no token, or one with a scheme before it
	}
	now := s.cfg.Now()
	claims := jwt.MapClaims{}
	// Times are checked below: their refusals have texts of their own.
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"HS256", "HS512"}), jwt.WithoutClaimsValidation()).
		ParseWithClaims(raw, claims, func(*jwt.Token) (any, error) { return []byte(s.cfg.ClientSecret), nil })
	id, _ := claims["appId"].(string)
	if errors.Is(err, jwt.ErrTokenSignatureInvalid) && s.quirks.TellsSignature && id == s.cfg.ClientID {
		return &refusal{status: 401, code: 401, msg: msgSignature}
	}
	if err != nil || id != s.cfg.ClientID {
		return bad
	}
	expires, err := claims.GetExpirationTime()
	if err != nil {
		return bad
	}
	if expires != nil && now.After(expires.Add(s.cfg.MaxSkew)) {
		return &refusal{status: 401, code: 401, msg: msgExpired}
	}
	for _, at := range []func() (*jwt.NumericDate, error){claims.GetIssuedAt, claims.GetNotBefore} {
		t, err := at()
		if err != nil {
			return bad
		}
		if t != nil && now.Before(t.Add(-s.cfg.MaxSkew)) {
			return &refusal{status: 401, code: 401, msg: msgNotYet}
		}
	}
	return s.checkJTI(claims, expires, now)
}

// checkJTI holds the rules for a token with jti, which the documents also spell kore_jti.
func (s *Sim) checkJTI(claims jwt.MapClaims, expires *jwt.NumericDate, now time.Time) *refusal {
	jti, ok := claims["jti"]
	if !ok {
		jti, ok = claims["kore_jti"]
	}
	if !ok || jti == "" || jti == nil {
		if s.cfg.EnforceJTI {
			return &refusal{status: 401, code: 401, msg: msgJTIMissing}
		}
		return nil
	}
	if expires == nil || expires.After(now.Add(time.Hour+s.cfg.MaxSkew)) {
		return &refusal{status: 401, code: 401, msg: msgJTIHour}
	}
	sum := sha256.Sum256(fmt.Append(nil, jti))
	digest := hex.EncodeToString(sum[:8])
	s.mu.Lock()
	defer s.mu.Unlock()
	if until, used := s.seen[digest]; used && now.Before(until) {
		s.stats.Replays++
		return &refusal{status: 401, code: 401, msg: msgReplay}
	}
	s.seen[digest] = now.Add(jtiMemory)
	s.stats.Tokens++
	if len(s.stats.TokenHashes) < maxTokenHashes {
		s.stats.TokenHashes = append(s.stats.TokenHashes, digest)
	}
	if len(s.seen)%4096 == 0 {
		for k, until := range s.seen {
			if now.After(until) {
				delete(s.seen, k)
			}
		}
	}
	return nil
}
