package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"afterbeep/index/query"
)

// line is a voicemail as lucene.sh reads it.
type line struct {
	ID        string `json:"id"`
	SessionID string `json:"session_id"`
	BotID     string `json:"bot_id"`
	AuthorID  string `json:"author_id"`
	Lang      string `json:"lang"`
	CreatedOn string `json:"created_on"`
	Text      string `json:"text"`
}

// lines makes the voicemails as the peers see them, in order.
func (c *corpus) lines(yield func(int, line) bool) {
	a := c.author()
	for i := range c.size {
		v := a.voicemail(i)
		text := strings.ReplaceAll(v.Text, "\n", " ")
		l := line{ID: fmt.Sprint(v.ID), SessionID: v.SessionID, BotID: v.BotID, AuthorID: v.Author.ID, Lang: v.Lang,
			CreatedOn: v.CreatedOn.Format("2006-01-02T15:04:05.000Z"), Text: plain(text, query.Tokens(text))}
		if !yield(i, l) {
			return
		}
	}
}

// writeFile writes a file through write, whole or not at all under its name.
func writeFile(path string, write func(w io.Writer) error) error {
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(path+".part", path)
}

// writeCorpus writes one JSON line a voicemail.
func (c *corpus) writeCorpus(path string) error {
	return writeFile(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		for _, l := range c.lines {
			if err := e.Encode(l); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeRequests writes one JSON line a request.
func writeRequests(path string, requests []request) error {
	return writeFile(path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		for _, r := range requests {
			if err := e.Encode(r); err != nil {
				return err
			}
		}
		return nil
	})
}
