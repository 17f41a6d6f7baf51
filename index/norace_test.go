//go:build !race

package index_test

// corpora is how many random ones are compared with plain Bleve.
const corpora = 25
