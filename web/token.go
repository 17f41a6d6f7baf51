package web

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
)

// NewToken makes a bearer token: the token, which is shown once and kept by
// nobody, the public id by which it is revoked, and the hash that the store
// keeps. The token reads ab_ID_SECRET, so that a leaked one can be recognised
// and revoked.
func NewToken() (token, id, hash string) {
	id = strings.ToLower(rand.Text()[:10])
	token = "ab_" + id + "_" + NewSecret()
	return token, id, HashSecret(token)
}

// NewSecret makes 256 random bits as text: the secret of a cookie, a token or a
// one-time link.
func NewSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// HashSecret is the SHA-256 of a secret in hexadecimal: the form in which the
// store and Config know secrets. Random secrets need no slower hash.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// isSecret compares without telling by its time how much was right.
func isSecret(hash, secret string) bool {
	return hash != "" && subtle.ConstantTimeCompare([]byte(hash), []byte(HashSecret(secret))) == 1
}
