package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"onetrans/app/call"
	"onetrans/app/config"
	"onetrans/app/owner"
	"onetrans/flows/onetrans"
)

// runCall carries out one call of HIS and returns its exit status.
func runCall(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	status, err := serveCall(ctx, args, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "onetrans:", err)
		return exitFailed
	}
	return status
}

func serveCall(ctx context.Context, args []string, stdout, stderr io.Writer) (status int, err error) {
	f := flags("onetrans", stderr)
	transType := f.String("trans_type", "", "what to do, such as hop.trade.query")
	inPath := f.String("in", "", "file with pInData (empty: standard input)")
	outPath := f.String("out", "", "file for pOutData (empty: standard output)")
	path := f.String("config", "", "configuration file")
	buffer := f.Int("buffer", 0, "bytes that the caller has for pOutData (0: no limit)")
	if err := f.Parse(args); err != nil {
		return 0, err
	}
	settings, err := config.Load(config.Options{Path: *path})
	if err != nil {
		return 0, err
	}
	in, err := readIn(*inPath)
	if err != nil {
		return 0, err
	}
	door := call.Door{
		UnknownWait: settings.Pay.UnknownWait,
		Buffer:      *buffer,
		Own: func() (call.Core, func(), error) {
			o, err := owner.Open(ownerOptions(settings, newLog(stderr)))
			if err != nil {
				return nil, nil, err
			}
			return o.Core, func() { _ = o.Close() }, nil
		},
	}
	out, status := door.Serve(ctx, *transType, in)
	if *outPath == "" {
		_, err = stdout.Write(out)
	} else {
		err = os.WriteFile(*outPath, out, 0o600)
	}
	return status, err
}

// readIn reads what HIS hands over; one byte more than a message may have is
// enough to see that it is too long.
func readIn(path string) ([]byte, error) {
	in := os.Stdin
	if path != "" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	return io.ReadAll(io.LimitReader(in, onetrans.MaxMessage+1))
}
