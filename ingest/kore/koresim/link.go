package koresim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A media link is path?e=EXPIRY&n=NONCE&s=SIGNATURE. The signature is base64 of
// a quoted base64 text, its padding written as $, as in the vendor's samples.

const mediaPath = "/api/getMediaStream/smartassistrecording/SIM/"

var linkQuery = regexp.MustCompile(`^e=(\d{1,12})&n=(\d{10})&s=([A-Za-z0-9+/]+\$*)$`)

// link is the URL of a file of x, good from now on for the link lifetime.
func (s *Sim) link(x *session, n int, ending string, now time.Time) string {
	path := fmt.Sprintf("%s%s/%s/%s/%s/f-%s%s", mediaPath, s.orgID(), x.bot,
		x.start.Format("2006"), x.start.Format("02-01-2006"), s.fileID(x.id, n), ending)
	e := strconv.FormatInt(now.Add(s.cfg.LinkLifetime).Unix(), 10)
	d := newDice(x.key, "nonce "+strconv.Itoa(n), uint64(now.UnixNano()))
	nonce := strconv.Itoa(1_000_000_000 + d.n(9_000_000_000))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Links++
	return s.mediaURL + path + "?e=" + e + "&n=" + nonce + "&s=" + s.sign(path, e, nonce)
}

// sign is the signature of a link of the present generation. s.mu is held.
func (s *Sim) sign(path, e, n string) string {
	mac := hmac.New(sha256.New, []byte("link "+s.cfg.ClientSecret))
	fmt.Fprintf(mac, "%s|%s|%s|%d|%d", path, e, n, s.cfg.Seed, s.generation)
	inner := `"` + base64.StdEncoding.EncodeToString(mac.Sum(nil)) + `"`
	return strings.ReplaceAll(base64.StdEncoding.EncodeToString([]byte(inner)), "=", "$")
}

// open returns the session and file of a link, nil where the link does not
// hold. path and query are as they came over the wire: a signature that was
// decoded and encoded again on the way is not the one that was handed out.
func (s *Sim) open(path, query string, now time.Time) (*session, int) {
	q := linkQuery.FindStringSubmatch(query)
	if q == nil || !strings.HasPrefix(path, mediaPath) {
		return nil, 0
	}
	s.mu.Lock()
	good := hmac.Equal([]byte(q[3]), []byte(s.sign(path, q[1], q[2])))
	s.mu.Unlock()
	expires, err := strconv.ParseInt(q[1], 10, 64)
	if !good || err != nil || now.Unix() >= expires {
		return nil, 0
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "f-"), ".")
	id, n, ok := s.fileOf(name)
	if !ok {
		return nil, 0
	}
	if s.cfg.LinkAccesses > 0 {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.byID[id] == nil || s.accesses[q[3]] >= s.cfg.LinkAccesses {
			return nil, 0
		}
		s.accesses[q[3]]++
		return s.byID[id], n
	}
	return s.find(id), n
}

// fileID is a UUID that hides session and file number, so that links outlive a
// restart and nothing need be remembered.
func (s *Sim) fileID(session string, n int) string {
	h := s.veil(fmt.Sprintf("%s%x00000", session, n))
	return h[:8] + "-" + h[8:12] + "-5" + h[12:15] + "-8" + h[15:18] + "-" + h[18:]
}

// fileOf is the reverse of fileID.
func (s *Sim) fileOf(id string) (session string, n int, ok bool) {
	if len(id) != 36 || id[14] != '5' || id[19] != '8' {
		return "", 0, false
	}
	h := s.veil(id[:8] + id[9:13] + id[15:18] + id[20:23] + id[24:])
	if !strings.HasSuffix(h, "00000") {
		return "", 0, false
	}
	file, err := strconv.ParseInt(h[24:25], 16, 8)
	return h[:24], int(file), err == nil
}

// veil swaps 30 hexadecimal digits with others, and back; "" for anything else.
func (s *Sim) veil(digits string) string {
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) != 15 {
		return strings.Repeat("f", 30)
	}
	mask := sha256.Sum256(fmt.Appendf(nil, "file %d", s.cfg.Seed))
	for i := range raw {
		raw[i] ^= mask[i]
	}
	return hex.EncodeToString(raw)
}
