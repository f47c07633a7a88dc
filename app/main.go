// Command onetrans is the self-service program of a hospital: a kiosk for
// patients, and the OneTrans interface for the hospital's information system.
package main

import (
	"context"
	stdlog "log"
	"os"

	"onetrans/app/command"
)

func main() {
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
