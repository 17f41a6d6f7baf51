//go:build race

package index_test

// corpora is how many random ones are compared with plain Bleve: under the race
// detector fewer, since each takes ten times as long.
const corpora = 10
