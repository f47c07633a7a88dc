package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"

	"onetrans/flows/sandbox"
)

// runSandbox runs the sandbox platform alone, until ctx ends.
func runSandbox(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	f := flags("sandbox", stderr)
	listen := f.String("listen", "127.0.0.1:18080", "address to listen on")
	data := f.String("data", "sandbox-data", "folder for orders and balances")
	ttl := f.Duration("order-ttl", sandbox.DefaultOrderTTL, "how long an order can be paid")
	if err := f.Parse(args); err != nil {
		return err
	}
	server, err := sandbox.Open(sandbox.Options{Dir: *data, OrderTTL: *ttl, Log: slog.New(slog.NewTextHandler(stderr, nil))})
	if err != nil {
		return err
	}
	defer server.Close()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	server.SetBaseURL("http://" + listener.Addr().String())
	fmt.Fprintf(stdout, "sandbox platform at http://%s\n", listener.Addr())
	return server.Serve(ctx, listener)
}
