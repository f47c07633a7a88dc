package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"onetrans/app/command"
	"onetrans/app/sandbox"
	"onetrans/devices/virtualcard"
	"onetrans/devices/virtualidcard"
)

// cardOut is a sandbox person's card that is put somewhere.
type cardOut struct {
	list, identity     bool
	reader, port, name string
}

func declareCard(f *command.Flags) command.Run {
	var c cardOut
	f.Yes(&c.list, "list")
	f.Yes(&c.identity, "identity")
	f.Text(&c.reader, "reader", "")
	f.Text(&c.port, "port", defaultPort())
	f.Word(&c.name, "person", false)
	return c.run
}

// run puts a sandbox person's social-security card into the virtual reader, or
// lays their identity card on a reader of its own, and takes it away when ctx ends.
func (c *cardOut) run(ctx context.Context, s command.Streams) error {
	if c.list {
		var lines strings.Builder
		for _, p := range sandbox.Persons() {
			fmt.Fprintf(&lines, "%s\t%s\n", p.Name, p.CardNo)
		}
		_, err := io.WriteString(s.Out, lines.String())
		return err
	}
	person, err := personNamed(c.name)
	if err != nil {
		return err
	}
	if c.identity {
		return layIdentityCard(ctx, c.port, person, s.Out)
	}
	slot, err := insertCard(ctx, c.reader, person)
	if err != nil {
		return err
	}
	defer slot.Remove()
	fmt.Fprintln(s.Out, speech(nil).Say("commands.said.card_in", "name", person.Name))
	<-ctx.Done()
	return nil
}

// defaultPort is where a virtual reader's serial port is when nobody says.
func defaultPort() string { return filepath.Join(os.TempDir(), "onetrans-identity") }

// layIdentityCard is a reader at a serial port, with the person's card on it,
// until ctx ends.
func layIdentityCard(ctx context.Context, path string, p sandbox.Person, stdout io.Writer) error {
	card, err := virtualidcard.New(p.IdentityCard())
	if err != nil {
		return command.Wrong("lay_card").Because(err)
	}
	reader := &virtualidcard.Reader{}
	reader.Lay(card)
	port, err := virtualidcard.Plug(path, reader)
	if err != nil {
		return command.Wrong("lay_card").Because(err)
	}
	defer port.Unplug()
	fmt.Fprintln(stdout, speech(nil).Say("commands.said.card_laid", "name", p.Name, "port", path))
	<-ctx.Done()
	return nil
}

// personNamed finds a sandbox person by name or card number; nobody named, the first.
func personNamed(name string) (sandbox.Person, error) {
	for _, p := range sandbox.Persons() {
		if name == "" || strings.EqualFold(p.CardNo, name) || p.Name == name {
			return p, nil
		}
	}
	return sandbox.Person{}, command.Wrong("no_person", "name", name)
}

func insertCard(ctx context.Context, address string, p sandbox.Person) (*virtualcard.Slot, error) {
	card, err := virtualcard.New(p.Card())
	if err != nil {
		return nil, command.Wrong("insert_card").Because(err)
	}
	slot, err := virtualcard.Insert(ctx, address, card)
	if err != nil {
		return nil, command.Wrong("insert_card").Because(err)
	}
	return slot, nil
}
