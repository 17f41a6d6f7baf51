//go:build !race

package ingest

// scale is by how much the largest tests are smaller under the race detector.
const scale = 1
