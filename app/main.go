// Command onetrans is the self-service program of a hospital: a kiosk for
// patients, and the OneTrans interface for the hospital's information system.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `onetrans: a hospital's self-service terminal

  onetrans kiosk [--config FILE] [--tour DIR]
        serve patients, fullscreen; with --tour, walk the main job by itself
        and leave a screenshot of each screen in DIR
  onetrans agent [--config FILE]
        own the terminal without a window, and serve calls
  onetrans --trans_type TYPE [--in FILE] [--out FILE] [--config FILE] [--buffer N]
        carry out one call of the hospital's information system: by the running
        kiosk or agent where there is one, else alone
  onetrans reconcile [--date DAY] [--statement FILE] [--journal FILE]... [--json|--csv] [--config FILE]
        hold a day's trades (yesterday's) against the platform's word on each, or
        its statement; exit status 3 when they do not balance
  onetrans journal COMMAND ...
        list, show, verify, export, retry, settle, backup, adopt or prune what
        the terminal's journal has; 'onetrans journal help' says how
  onetrans sandbox [--listen ADDRESS] [--data DIR]
        run the sandbox payment platform alone
  onetrans card [--list] [NAME]
        put a sandbox person's card into the virtual reader, until interrupted
  onetrans card --identity [--port PATH] [NAME]
        lay a sandbox person's identity card on a reader of its own, whose
        serial port is at PATH, until interrupted (Linux)
`

// Exit statuses beside a call's own.
const (
	exitOK     = 0
	exitFailed = 1

	exitUnbalanced = 3 // of reconcile
)

func main() {
	surviveFullDisks()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run finds the command and reports how it ended.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] != "" && args[0][0] == '-' && args[0] != "-h" && args[0] != "--help" {
		return runCall(ctx, args, stdout, stderr)
	}
	commands := map[string]func(context.Context, []string, io.Writer, io.Writer) error{
		"kiosk":   runKiosk,
		"agent":   runAgent,
		"journal": runJournal,
		"sandbox": runSandbox,
		"card":    runCard,

		"reconcile": runReconcile,
	}
	if len(args) == 0 {
		fmt.Fprint(stderr, usage)
		return exitFailed
	}
	command, ok := commands[args[0]]
	if !ok {
		out, status := stderr, exitFailed
		if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
			out, status = stdout, exitOK
		}
		fmt.Fprint(out, usage)
		return status
	}
	err := command(ctx, args[1:], stdout, stderr)
	if errors.Is(err, errUnbalanced) {
		return exitUnbalanced
	}
	if err != nil {
		fmt.Fprintln(stderr, "onetrans:", err)
		return exitFailed
	}
	return exitOK
}

// flags is a command's flag set, whose errors are returned.
func flags(name string, stderr io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(stderr)
	return f
}
