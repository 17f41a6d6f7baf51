package store

import (
	"context"
	"time"
)

// WorkReader reads what pages of the work list are made of, on one view and as of
// one time: the queries are each database's own, what follows from them is not.
type WorkReader interface {
	// Places returns up to limit messages that match q in a part of the list, behind
	// q.After where that is in the part, in the part's order.
	Places(ctx context.Context, q WorkQuery, p WorkPart, limit int) ([]Callback, error)
	// MessagesOf returns the messages of the cases that match q, in any order.
	MessagesOf(ctx context.Context, q WorkQuery, caseIDs []int64) ([]Callback, error)
}

// PageOfWork returns what Callbacks.Work does; q is clean. It reads places until
// there are as many cases, since a case may have several.
func PageOfWork(ctx context.Context, r WorkReader, q WorkQuery, now time.Time) ([]Case, WorkKey, error) {
	limit := q.Limit
	var cases []Case
	for _, part := range q.WorkParts() {
		for {
			some, last, err := stretchOfWork(ctx, r, q, part, now)
			if err != nil {
				return nil, WorkKey{}, err
			}
			cases = append(cases, some...)
			if len(cases) > limit {
				return cases[:limit], cases[limit-1].Key, nil
			}
			if last == (WorkKey{}) {
				break
			}
			q.After = last
		}
	}
	return cases, WorkKey{}, nil
}

// stretchOfWork reads one stretch of a part's places, and the cases that have
// theirs there; last is where it ended, zero at the end of the part.
func stretchOfWork(ctx context.Context, r WorkReader, q WorkQuery, part WorkPart, now time.Time) (cases []Case, last WorkKey, err error) {
	most := q.Limit + 1
	places, err := r.Places(ctx, q, part, most)
	if err != nil || len(places) == 0 {
		return nil, WorkKey{}, err
	}
	keys, ids := make([]WorkKey, len(places)), make([]int64, len(places))
	for i, one := range places {
		keys[i], ids[i] = one.WorkKey(now), one.CaseID
	}
	messages, err := r.MessagesOf(ctx, q, ids)
	if err != nil {
		return nil, WorkKey{}, err
	}
	if len(places) == most {
		last = keys[len(keys)-1]
	}
	return GatherCases(keys, messages, now), last, nil
}

// ClaimFirst calls claim with the cases that q asks for, in the order of the list,
// until it claims one, and returns what it did; nothing where it claims none.
func ClaimFirst(ctx context.Context, r WorkReader, q WorkQuery, now time.Time, claim func(Case) ([]Callback, error)) ([]Callback, error) {
	for {
		cases, next, err := PageOfWork(ctx, r, q, now)
		if err != nil {
			return nil, err
		}
		for _, one := range cases {
			claimed, err := claim(one)
			if err != nil || len(claimed) > 0 {
				return claimed, err
			}
		}
		if next == (WorkKey{}) {
			return nil, nil
		}
		q.After = next
	}
}
