package main

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"

	"onetrans/app/command"
	"onetrans/app/terminal/socket"
	"onetrans/assets/licences"
	"onetrans/store"
)

func declareVersion(*command.Flags) command.Run {
	return func(_ context.Context, s command.Streams) error {
		_, err := io.WriteString(s.Out, version())
		return err
	}
}

func declareLicences(*command.Flags) command.Run {
	return func(_ context.Context, s command.Streams) error {
		_, err := io.WriteString(s.Out, licences.Text())
		return err
	}
}

// release is this program's version, as FyneApp.toml has it.
const release = "0.2.0"

// version is what who supports this program asks for, in any language.
func version() string {
	commit, goVersion := "unknown", "unknown"
	if build, ok := debug.ReadBuildInfo(); ok {
		goVersion = build.GoVersion
		for _, s := range build.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				commit += " (modified)"
			}
		}
	}
	return fmt.Sprintf("onetrans %s\ncommit   %s\ngo       %s\njournal  schema %s\nsocket   version %d\n",
		release, commit, goVersion, store.Schema, socket.Version)
}
