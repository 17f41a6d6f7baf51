package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"afterbeep/store"
	"afterbeep/web"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"Add a user."`
	List    userListCmd    `cmd:"" help:"List the users."`
	Passwd  userPasswdCmd  `cmd:"" help:"Set a user's password; ends the user's logins."`
	Role    userRoleCmd    `cmd:"" help:"Change a user's role, and the bots and queues that the user may see."`
	Disable userDisableCmd `cmd:"" help:"Lock a user out, tokens included."`
	Enable  userEnableCmd  `cmd:"" help:"Let a disabled user in again."`
}

// everything, where bots or queues are listed, means all of them.
const everything = "all"

// giveBots lets u see the listed bots. A list without a bot is refused: what a
// script left empty must give no more rights than it was meant to.
func giveBots(u *store.User, list string) error {
	u.AllBots, u.Bots = strings.TrimSpace(list) == everything, nil
	if u.AllBots {
		return nil
	}
	if u.Bots = listOf(list); len(u.Bots) == 0 {
		return fmt.Errorf("--bots: %q names no bot; list their ids, or write %s for every bot", list, everything)
	}
	return nil
}

// giveQueues limits u to the listed queues. A list without a queue is refused, as
// one without a bot is.
func giveQueues(u *store.User, list string) error {
	u.Queues = nil
	if strings.TrimSpace(list) == everything {
		return nil
	}
	if u.Queues = listOf(list); len(u.Queues) == 0 {
		return fmt.Errorf("--queues: %q names no queue; list their names, or write %s for every queue", list, everything)
	}
	return nil
}

type userAddCmd struct {
	Name         string  `arg:"" help:"The name to sign in with."`
	Role         string  `required:"" enum:"admin,analyst,agent" help:"admin, analyst or agent." placeholder:"ROLE"`
	PasswordFile string  `help:"File with the password, - for standard input; asked for on a terminal without this flag." placeholder:"FILE"`
	Bots         *string `help:"Bots that the user may see; every bot, imported ones included, without this flag or with all." placeholder:"ID,..."`
	Queues       *string `help:"Queues that the user is limited to; every queue without this flag or with all." placeholder:"NAME,..."`
}

// Run adds the user.
func (c userAddCmd) Run(ctx context.Context, p *program) error {
	u := store.User{Name: c.Name, Role: store.Role(c.Role), AllBots: true}
	if c.Bots != nil {
		if err := giveBots(&u, *c.Bots); err != nil {
			return err
		}
	}
	if c.Queues != nil {
		if err := giveQueues(&u, *c.Queues); err != nil {
			return err
		}
	}
	return p.withStore(ctx, func(s store.Store) (err error) {
		if u.PasswordHash, err = p.readPassword(c.PasswordFile); err != nil {
			return err
		}
		u, err := s.CreateUser(ctx, u)
		if errors.Is(err, store.ErrExists) {
			return fmt.Errorf("there is a user named %s already", c.Name)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stderr, "Added %s, %s.\n", printable(u.Name), u.Role)
		return p.auditUser(ctx, s, "add "+u.Name)
	})
}

type userListCmd struct{}

// Run prints the users as a table.
func (userListCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(s store.Store) error {
		users, err := s.Users(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tROLE\tBOTS\tQUEUES\tSTATE\tADDED")
		for _, u := range users {
			bots, queues, state := everything, everything, "enabled"
			if len(u.Queues) > 0 {
				queues = strings.Join(u.Queues, ",")
			}
			if !u.AllBots {
				bots = strings.Join(u.Bots, ",")
			}
			if u.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", printable(u.Name), u.Role, printable(bots), printable(queues), state, u.CreatedAt.Format("2006-01-02"))
		}
		return w.Flush()
	})
}

type userPasswdCmd struct {
	Name         string `arg:"" help:"The user."`
	PasswordFile string `help:"File with the password, - for standard input; asked for on a terminal without this flag." placeholder:"FILE"`
}

// Run sets the password.
func (c userPasswdCmd) Run(ctx context.Context, p *program) error {
	return p.changeUser(ctx, c.Name, "set password of", func(u *store.User) (err error) {
		u.PasswordHash, err = p.readPassword(c.PasswordFile)
		return err
	})
}

type userRoleCmd struct {
	Name   string  `arg:"" help:"The user."`
	Role   string  `arg:"" enum:"admin,analyst,agent" help:"admin, analyst or agent."`
	Bots   *string `help:"Bots that the user may see from now on, or all; unchanged without this flag." placeholder:"ID,..."`
	Queues *string `help:"Queues that the user is limited to from now on, or all; unchanged without this flag." placeholder:"NAME,..."`
}

// Run changes role, bots and queues.
func (c userRoleCmd) Run(ctx context.Context, p *program) error {
	return p.changeUser(ctx, c.Name, "change role of", func(u *store.User) error {
		u.Role = store.Role(c.Role)
		if c.Bots != nil {
			if err := giveBots(u, *c.Bots); err != nil {
				return err
			}
		}
		if c.Queues != nil {
			return giveQueues(u, *c.Queues)
		}
		return nil
	})
}

type userDisableCmd struct {
	Name string `arg:"" help:"The user."`
}

// Run disables the user.
func (c userDisableCmd) Run(ctx context.Context, p *program) error {
	return p.changeUser(ctx, c.Name, "disable", func(u *store.User) error { u.Disabled = true; return nil })
}

type userEnableCmd struct {
	Name string `arg:"" help:"The user."`
}

// Run enables the user.
func (c userEnableCmd) Run(ctx context.Context, p *program) error {
	return p.changeUser(ctx, c.Name, "enable", func(u *store.User) error { u.Disabled = false; return nil })
}

func (p *program) changeUser(ctx context.Context, name, what string, change func(*store.User) error) error {
	return p.withStore(ctx, func(s store.Store) error {
		u, err := findUser(ctx, s, name)
		if err != nil {
			return err
		}
		if err := change(&u); err != nil {
			return err
		}
		if err := s.UpdateUser(ctx, u); err != nil {
			return err
		}
		if err := web.GiveBack(ctx, s, u, ""); err != nil {
			return err
		}
		return p.auditUser(ctx, s, what+" "+u.Name)
	})
}

func findUser(ctx context.Context, s store.Store, name string) (store.User, error) {
	u, err := s.User(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		return u, fmt.Errorf("there is no user named %s; afterbeep user list shows them", name)
	}
	return u, err
}

// actorCommandLine is who the audit log names for what commands do.
const actorCommandLine = "command line"

func (p *program) auditUser(ctx context.Context, s store.Store, what string) error {
	return s.Audit(ctx, store.AuditEntry{Actor: actorCommandLine, Action: store.AuditUserEdit, Allowed: true, Detail: what})
}

// readPassword reads a password from a file, standard input or the terminal
// and returns its hash.
func (p *program) readPassword(file string) (string, error) {
	var text []byte
	var err error
	switch {
	case file == "-":
		text, err = io.ReadAll(io.LimitReader(p.stdin, 64<<10))
	case file != "":
		text, err = os.ReadFile(file)
	default:
		return p.askPassword()
	}
	if err != nil {
		return "", fmt.Errorf("read the password: %w", fileError(err))
	}
	return web.HashPassword(oneLineLess(string(text)))
}

func (p *program) askPassword() (string, error) {
	terminal, ok := p.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return "", errors.New("no terminal to ask for the password on; give it with --password-file FILE, or --password-file - for standard input")
	}
	ask := func(prompt string) (string, error) {
		fmt.Fprint(p.stderr, prompt)
		text, err := term.ReadPassword(int(terminal.Fd()))
		fmt.Fprintln(p.stderr)
		return string(text), err
	}
	first, err := ask(fmt.Sprintf("Password (%d characters or more): ", web.MinPassword))
	if err != nil {
		return "", err
	}
	second, err := ask("Again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return web.HashPassword(first)
}
