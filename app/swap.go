package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"onetrans/app/command"
	"onetrans/app/swap"
	"onetrans/assets/texts"
)

// swapping puts a library in its place in HIS's folder.
type swapping struct {
	to, from, folder, config string
}

func declareSwap(f *command.Flags) command.Run {
	var c swapping
	f.Text(&c.to, "to", "")
	f.Text(&c.from, "from", "")
	f.Text(&c.config, "config", "")
	f.Word(&c.folder, "folder", false)
	return c.run
}

func (c *swapping) run(_ context.Context, s command.Streams) error {
	if c.to != "" && c.to != string(swap.Ours) && c.to != string(swap.Vendor) {
		return command.Wrong("swap_to")
	}
	settings, err := load(c.config)
	if err != nil {
		return err
	}
	words, err := language(settings)
	if err != nil {
		return err
	}
	if c.folder == "" {
		c.folder = "."
	}
	folder, err := swap.Open(c.folder)
	if err != nil {
		return err
	}
	done := false
	switch swap.Which(c.to) {
	case swap.Ours:
		done, err = folder.ToOurs(c.candidates(folder.Path()))
	case swap.Vendor:
		done, err = folder.ToVendor()
	}
	if err != nil {
		return err
	}
	return tellSwap(s, words, folder, done)
}

// candidates are where a library of ours may be: where it is said to be, or in the
// program's own folder, for each processor that HIS may have been made for.
func (c *swapping) candidates(active string) (paths []string) {
	if c.from != "" {
		return []string{c.from}
	}
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	for _, below := range []string{"", "386", "amd64", runtime.GOARCH, filepath.Join("..", "386"), filepath.Join("..", "amd64")} {
		paths = append(paths, filepath.Join(filepath.Dir(program), below, filepath.Base(active)))
	}
	return paths
}

// tellSwap says which is active now.
func tellSwap(s command.Streams, words texts.Language, folder *swap.Folder, done bool) error {
	whose, bits, err := folder.Active()
	if err != nil {
		return err
	}
	key := "commands.said.swap_is_"
	if done {
		key = "commands.said.swapped_to_"
	}
	if whose == swap.Nobody {
		whose = "nobody"
	}
	if !done && folder.PutBack() {
		whose = "put_back"
	}
	_, err = fmt.Fprintln(s.Out, words.Say(key+string(whose), "file", folder.Path(), "bits", bits))
	return err
}
