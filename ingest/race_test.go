//go:build race

package ingest

// scale is by how much the largest tests are smaller under the race detector,
// which makes them ten times as slow.
const scale = 10
