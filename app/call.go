package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"onetrans/app/call"
	"onetrans/app/config"
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

var errBuffer = errors.New("--buffer must not be negative")

func serveCall(ctx context.Context, args []string, stdout, stderr io.Writer) (status int, err error) {
	f := flags("onetrans", stderr)
	transType := f.String("trans_type", "", "what to do, such as hop.trade.query")
	inPath := f.String("in", "", "file with pInData (empty: standard input)")
	outPath := f.String("out", "", "file for pOutData (empty: standard output)")
	path := f.String("config", "", "configuration file")
	buffer := f.Int("buffer", 0, "how many bytes pOutData may have (0: any)")
	if err := f.Parse(args); err != nil {
		return 0, err
	}
	if *buffer < 0 {
		return 0, errBuffer
	}
	settings, err := config.Load(config.Options{Path: *path})
	if err != nil {
		return 0, err
	}
	in, err := readIn(*inPath)
	if err != nil {
		return 0, err
	}
	out, err := openOut(*outPath, stdout)
	if err != nil {
		return 0, err
	}
	asked := call.Call{TransType: *transType, In: in, Buffer: *buffer}
	status, err = carryOut(ctx, settings, asked, newLog(stderr), out.write)
	return status, errors.Join(err, out.close())
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

// output is where the answer goes.
type output struct {
	io.Writer
	close func() error
}

// openOut opens the answer's file before anything is done: money must not move
// for an answer that has nowhere to go, and no older answer be taken for it.
func openOut(path string, stdout io.Writer) (output, error) {
	if path == "" {
		return output{stdout, func() error { return nil }}, nil
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return output{}, err
	}
	return output{file, file.Close}, nil
}

func (o output) write(answer []byte) error {
	_, err := o.Write(answer)
	return err
}
