package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"onetrans/devices/virtualcard"
	"onetrans/devices/virtualidcard"
	"onetrans/flows/sandbox"
)

// runCard puts a sandbox person's social-security card into the virtual
// reader, or lays their identity card on a reader of its own, and takes it
// away when ctx ends.
func runCard(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flags("card", stderr)
	list := f.Bool("list", false, "list the sandbox's people")
	address := f.String("reader", "", "address of the virtual reader's vpcd (empty: its standard port)")
	identity := f.Bool("identity", false, "the identity card instead, on a reader of its own")
	port := f.String("port", defaultPort(), "with --identity: where that reader's serial port is to be")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *list {
		for _, p := range sandbox.Persons() {
			fmt.Fprintf(stdout, "%s\t%s\n", p.Name, p.CardNo)
		}
		return nil
	}
	person, err := personNamed(f.Arg(0))
	if err != nil {
		return err
	}
	if *identity {
		return layIdentityCard(ctx, *port, person, stdout)
	}
	slot, err := insertCard(ctx, *address, person)
	if err != nil {
		return err
	}
	defer slot.Remove()
	fmt.Fprintf(stdout, "card of %s is in the reader; Ctrl-C takes it out\n", person.Name)
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
		return fmt.Errorf("making the card: %w", err)
	}
	reader := &virtualidcard.Reader{}
	reader.Lay(card)
	port, err := virtualidcard.Plug(path, reader)
	if err != nil {
		return err
	}
	defer port.Unplug()
	fmt.Fprintf(stdout, "identity card of %s is on the reader at %s (devices.identity.port); Ctrl-C unplugs it\n", p.Name, path)
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
	return sandbox.Person{}, fmt.Errorf("nobody called %q: see 'onetrans card --list'", name)
}

func insertCard(ctx context.Context, address string, p sandbox.Person) (*virtualcard.Slot, error) {
	card, err := virtualcard.New(p.Card())
	if err != nil {
		return nil, fmt.Errorf("making the card: %w", err)
	}
	slot, err := virtualcard.Insert(ctx, address, card)
	if err != nil {
		return nil, fmt.Errorf("putting the card in: %w", err)
	}
	return slot, nil
}
