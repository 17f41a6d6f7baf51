package web

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"afterbeep/store"
)

// GiveBack puts the cases that u holds, and may not work any more, back into the list
// for others; by is who took the rights, "" for the program. What u still sees a message
// of stays. The rights are to be stored before, so that no new claim comes between.
func GiveBack(ctx context.Context, s store.Callbacks, u store.User, by string) error {
	works := !u.Disabled && may(u.Role, rightWork)
	q := store.WorkQuery{Status: store.CallbackClaimed, Assignee: u.Name, Limit: store.MaxWork}
	for {
		cases, next, err := s.Work(ctx, store.AllBots(), q)
		if err != nil {
			return fmt.Errorf("list what somebody holds: %w", err)
		}
		for _, c := range cases {
			if len(c.Messages) == 0 || works && slices.ContainsFunc(c.Messages, func(m store.Callback) bool { return u.Scope().Holds(m.BotID, m.Queue) }) {
				continue
			}
			_, err := s.Act(ctx, store.AllBots(), c.Messages[0].VoicemailID, store.Action{Verb: store.VerbRelease, By: by, Force: true, Whole: true})
			if err != nil && !givenBackAlready(err) {
				return fmt.Errorf("give back what somebody holds: %w", err)
			}
		}
		if next == (store.WorkKey{}) {
			return nil
		}
		q.After = next
	}
}

// givenBackAlready tells whether others were faster: it is closed, free, or gone.
func givenBackAlready(err error) bool {
	return slices.ContainsFunc([]error{store.ErrInvalid, store.ErrClosed, store.ErrHeld, store.ErrNotFound}, func(e error) bool { return errors.Is(err, e) })
}
