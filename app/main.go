// Command onetrans is the self-service program of a hospital: a kiosk for
// patients, and the OneTrans interface for the hospital's information system.
package main

import (
	"context"
	stdlog "log"
	"os"
	"runtime/debug"
	"time"

	"onetrans/app/command"
)

// startTime is how long a process takes to have started, of those that stay. What
// it read and made until then it mostly does not need again.
const startTime = 2 * time.Second

func main() {
	// What ends the process by force ends it by a signal: the runtime's own exit
	// status, 2, says that there is an answer.
	debug.SetTraceback("crash")
	noCoreDumps()
	surviveFullDisks()
	survivePipes()
	time.AfterFunc(startTime, giveBack)
	ctx := untilSignal(context.Background())
	stderr, failed := prepare()
	log := command.NewLog(stderr)
	stdlog.SetOutput(log) // the window library's
	status := run(ctx, os.Args[1:], os.Stdout, log)
	log.Close()
	if status != exitOK {
		failed(os.Args[1:])
	}
	os.Exit(status)
}
