package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// measureLucene runs lucene.sh on the corpus and the requests, and reads what
// it prints. The second figures are those without highlighting.
func measureLucene(ctx context.Context, script string, c *corpus, requests []request, dir string) (*figures, error) {
	corpusFile, requestFile := filepath.Join(dir, "corpus.jsonl"), filepath.Join(dir, "requests.jsonl")
	if err := c.writeCorpus(corpusFile); err != nil {
		return nil, err
	}
	defer os.Remove(corpusFile)
	if err := writeRequests(requestFile, requests); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, script, corpusFile, requestFile, strconv.Itoa(firstDay.Year()))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", script, err, clip(out.String(), 2000))
	}
	return readLucene(out.String(), requests)
}

var (
	luceneBuild = regexp.MustCompile(`(?m)^BUILD .* docs=(\d+) wall=([\d.]+)s .* size=([\d.]+)MB rss=VmHWM:\s*(\d+) kB`)
	luceneRow   = regexp.MustCompile(`(?m)^(lucene\S*)\s+(\S+)\s+n=(\d+) p50=([\d.]+) p95=([\d.]+) p99=([\d.]+) mean=[\d.]+ qps8=([\d.]+) hits=(\d+) shown=\d+`)
	luceneOpen  = regexp.MustCompile(`(?m)^open ([\d.]+)ms`)
)

// readLucene reads the output of lucene.sh. It tells the mean of the totals of
// a class only, which is compared with the truth's.
func readLucene(out string, requests []request) (*figures, error) {
	f := &figures{Engine: "Lucene", About: "Lucene 8.7, StandardAnalyzer without stop words, BM25, UnifiedHighlighter; 2 threads to build"}
	build := luceneBuild.FindStringSubmatch(out)
	if build == nil {
		return nil, fmt.Errorf("lucene.sh did not say how it built:\n%s", clip(out, 2000))
	}
	docs := number(build[1])
	f.BuildSecs, f.DiskMB = number(build[2]), number(build[3])
	f.BuildRate = docs / f.BuildSecs
	f.BuildMB = number(build[4]) * 1024 / 1e6
	if m := luceneOpen.FindStringSubmatch(out); m != nil {
		f.Notes = append(f.Notes, "opening the index takes "+m[1]+" ms after the JVM's start; memory while building is the JVM's whole resident size")
	}
	seen := map[string]bool{}
	for _, m := range luceneRow.FindAllStringSubmatch(out, -1) {
		if seen[m[1]+m[2]] {
			continue // the script prints its rows again at the end
		}
		seen[m[1]+m[2]] = true
		row := classFigures{Class: m[2], Queries: int(number(m[3])), P50: number(m[4]), P95: number(m[5]), P99: number(m[6]), QPS: number(m[7])}
		row.Check = luceneCheck(m[2], int(number(m[8])), row.Queries, requests)
		if strings.HasSuffix(m[1], "nohl") {
			f.Alone = append(f.Alone, row)
		} else {
			f.Classes = append(f.Classes, row)
		}
	}
	if len(f.Classes) == 0 {
		return nil, fmt.Errorf("lucene.sh printed no classes:\n%s", clip(out, 2000))
	}
	return f, nil
}

// luceneCheck compares the mean total of the first n requests of a class. Only
// pages ask Lucene for exact totals; elsewhere it may stop counting at 1,000.
func luceneCheck(class string, mean, n int, requests []request) check {
	sum, left := 0, n
	for _, r := range requests {
		if r.Class == class && left > 0 {
			sum += r.Total
			left--
		}
	}
	want := sum / max(1, n)
	c := check{Example: fmt.Sprintf("mean total %d, truth %d", mean, want)}
	switch {
	case mean == want:
		c.Equal, c.Example = n, ""
	case mean > want:
		c.More = n
	default:
		c.Fewer = n
	}
	return c
}

// number reads what a regular expression took for one.
func number(s string) float64 {
	n, _ := strconv.ParseFloat(s, 64)
	return n
}
