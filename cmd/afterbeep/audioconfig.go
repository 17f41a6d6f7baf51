package main

import (
	"errors"
	"math"
	"strings"

	"github.com/dustin/go-humanize"

	"afterbeep/ingest"
)

// AudioConfig says what is done about recordings.
type AudioConfig struct {
	Keep     bool   // whether audio is archived
	Bucket   string // "": in the data folder
	Prefix   string
	Endpoint string
	Region   string
	Access   string
	Secret   string
	MaxBytes int64 // 0: no limit
	MinFree  int64
	LookUps  ingest.LookUps
}

// setAudio reads where audio is kept and which call recordings are asked for.
func (c *Config) setAudio(s Settings) error {
	a := AudioConfig{Keep: s.Archive != "off", Endpoint: s.S3Endpoint, Region: s.S3Region, Access: s.S3AccessKeyID, Secret: s.S3SecretAccessKey}
	var errs []error
	place, isS3 := strings.CutPrefix(s.Archive, "s3://")
	switch {
	case isS3:
		a.Bucket, a.Prefix, _ = strings.Cut(place, "/")
		a.Prefix = strings.Trim(a.Prefix, "/")
		errs = append(errs, a.missing())
	case s.Archive != "off" && s.Archive != "disk":
		errs = append(errs, wrong("archive", "%q is not allowed; use off, disk or s3://BUCKET/PREFIX", s.Archive))
	}
	var err error
	if a.MaxBytes, err = parseSize("archive-max-bytes", s.ArchiveMaxBytes); err != nil {
		errs = append(errs, err)
	}
	if a.MinFree, err = parseSize("archive-min-free", s.ArchiveMinFree); err != nil {
		errs = append(errs, err)
	}
	ways := map[string]ingest.LookUps{"auto": ingest.LookUpsAuto, "all": ingest.LookUpsAll, "off": ingest.LookUpsOff}
	errs = append(errs, oneOf("call-recordings", s.CallRecordings, "auto", "all", "off"))
	a.LookUps = ways[s.CallRecordings]
	c.Audio = a
	return errors.Join(errs...)
}

// missing says what an S3 archive lacks.
func (a AudioConfig) missing() error {
	if a.Bucket == "" {
		return wrong("archive", "names no bucket; write it as s3://BUCKET/PREFIX")
	}
	var names []string
	for _, f := range []struct{ flag, value string }{
		{"s3-endpoint", a.Endpoint}, {"s3-access-key-id", a.Access}, {"s3-secret-access-key", a.Secret},
	} {
		if f.value == "" {
			names = append(names, variable(f.flag))
		}
	}
	if len(names) > 0 {
		return wrong("archive", "s3 also needs %s", strings.Join(names, ", "))
	}
	return nil
}

// parseSize reads a number of bytes, as 500GB or 1048576; "" is 0.
func parseSize(flag, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	size, err := humanize.ParseBytes(text)
	if err != nil || size > math.MaxInt64 {
		return 0, wrong(flag, "%q is not a size; write it as 500GB, 20GiB or 1048576", text)
	}
	return int64(size), nil
}
