package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"afterbeep/store"
	"afterbeep/web"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Print a new bearer token on standard output."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token."`
}

type tokenCreateCmd struct {
	User string `required:"" help:"The user whose rights the token has." placeholder:"NAME"`
	TTL  string `help:"How long the token is good for, as 36h or 90d; ${default} without this flag." default:"24h" placeholder:"DURATION"`
}

// Run prints the token alone on standard output, its id on standard error.
func (c tokenCreateCmd) Run(ctx context.Context, p *program) error {
	ttl, err := parseDuration(c.TTL)
	if err == nil && ttl < time.Second {
		err = fmt.Errorf("%q is too short", c.TTL)
	}
	if err != nil {
		return fmt.Errorf("--ttl: %w", err)
	}
	return p.withStore(ctx, func(s store.Store) error {
		u, err := findUser(ctx, s, c.User)
		if err != nil {
			return err
		}
		if u.Disabled {
			return fmt.Errorf("%s is disabled; enable the user first", u.Name)
		}
		token, id, hash := web.NewToken()
		expires := time.Now().Add(ttl)
		if err := s.CreateToken(ctx, store.APIToken{ID: id, Hash: hash, UserID: u.ID, ExpiresAt: expires}); err != nil {
			return err
		}
		if err := p.auditUser(ctx, s, "create token "+id+" of "+u.Name); err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, token)
		fmt.Fprintf(p.stderr, "Good until %s. Revoke it with: afterbeep token revoke %s\n", expires.UTC().Format(time.RFC3339), id)
		return nil
	})
}

type tokenRevokeCmd struct {
	ID string `arg:"" help:"The token's id: what stands between ab_ and the next _ in it."`
}

// Run revokes the token.
func (c tokenRevokeCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(s store.Store) error {
		err := s.RevokeToken(ctx, c.ID)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no token with the id %s", c.ID)
		}
		if err != nil {
			return err
		}
		return p.auditUser(ctx, s, "revoke token "+c.ID)
	})
}
