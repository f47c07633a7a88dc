// Command onetrans is the self-service program of a hospital: a kiosk for
// patients, and the OneTrans interface for the hospital's information system.
package main

import (
	"context"
	stdlog "log"
	"os"
	"runtime/debug"

	"onetrans/app/command"
)

func main() {
	// What ends the process by force ends it by a signal: the runtime's own exit
	// status, 2, says that there is an answer.
	debug.SetTraceback("crash")
	noCoreDumps()
	surviveFullDisks()
	survivePipes()
	ctx := untilSignal(context.Background())
	log := command.NewLog(os.Stderr)
	stdlog.SetOutput(log) // the window library's
	status := run(ctx, os.Args[1:], os.Stdout, log)
	log.Close()
	os.Exit(status)
}
