package kore

// maxBodyExcerpt is how many bytes Error.Excerpt has at most, and excerptWindow
// how much of a body is looked at for it.
const (
	maxBodyExcerpt = 400
	excerptWindow  = 4 << 10
)

// bodyExcerpt is the beginning of an unreadable body without anything that is
// nobody's business.
func bodyExcerpt(body []byte) string {
	text := excerpt(string(body[:min(len(body), excerptWindow)]))
	return text[:min(len(text), maxBodyExcerpt)]
}
