package kore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxErrorBody is how much is read of an answer that is no success.
const maxErrorBody = 64 << 10

// readAnswer reads an answer by its status, within the caps.
func (c *Client) readAnswer(ctx context.Context, q call, resp *http.Response, ans *answer) error {
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		// Half an error is an error too, and so is one without an end.
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
		return failure(q.op, resp.StatusCode, resp.Header, body, ans.got)
	}
	content, err := false, error(nil)
	if q.stream != nil {
		content, err = q.stream(resp.Body)
	} else {
		content, err = c.readWhole(ctx, q, resp)
	}
	ans.content = content
	if said := resp.Header.Get("response-error-description"); err == nil && !content && said != "" {
		var env envelope
		env.header(resp.Header)
		err = classify(q.op, resp.StatusCode, env)
	}
	if e, ok := errors.AsType[*Error](err); ok {
		e.Status = resp.StatusCode
		e.RetryAfter = retryAfter(resp.Header, ans.got)
	}
	return err
}

// readWhole reads all of a body that fits into memory, and has it read.
func (c *Client) readWhole(ctx context.Context, q call, resp *http.Response) (bool, error) {
	tooLarge := &Error{Op: q.op, Kind: KindTooLarge, Msg: fmt.Sprintf("the reply is over %d bytes", c.cfg.MaxReply)}
	most := c.cfg.MaxReply + 1
	if resp.ContentLength > c.cfg.MaxReply {
		most = excerptWindow // for the excerpt alone
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	switch {
	case resp.ContentLength > c.cfg.MaxReply, int64(len(body)) > c.cfg.MaxReply:
		tooLarge.Excerpt = bodyExcerpt(body)
		return false, tooLarge
	case err != nil:
		return false, cutShort(ctx, q.op, body, int64(len(body)), err)
	}
	content, e := q.read(body)
	if e == nil {
		return content, nil
	}
	if e.Kind == KindMalformed || e.Kind == KindTooLarge {
		e.Excerpt = bodyExcerpt(body)
	}
	return content, e
}

// cutShort is the error for a reply of which only n bytes came, and of those
// body is at hand.
func cutShort(ctx context.Context, op string, body []byte, n int64, err error) error {
	err = networkError(ctx, op, err)
	if e, ok := errors.AsType[*Error](err); ok {
		e.Msg = fmt.Sprintf("the reply was cut short after %d bytes: %s", n, e.Msg)
		e.Excerpt = bodyExcerpt(body)
	}
	return err
}

// report tells the budget what an attempt says about the limit, also that it
// says nothing.
func report(ctx context.Context, b Budget, ans *answer, err error) {
	var v Verdict
	switch e, _ := errors.AsType[*Error](err); {
	case ans == nil:
		v.Unclear = true
	case err == nil || ans.content: // whatever became of it later
	case e == nil: // the caller went away
		v.Unclear = true
	case e.Kind == KindLimited:
		v = Verdict{Limited: true, RetryAfter: e.RetryAfter, Hourly: e.Hourly}
	case e.Kind == KindServer || e.Kind == KindNetwork || e.Kind == KindToken || e.Kind == KindMalformed:
		v.Unclear = true
	}
	// The next request of the account depends on it, whoever has gone away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	b.Report(ctx, v)
}
