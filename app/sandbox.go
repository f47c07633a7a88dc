package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"onetrans/app/command"
	"onetrans/app/sandbox"
	"onetrans/app/terminal"
)

// sandboxAlone is the sandbox platform without a terminal.
type sandboxAlone struct {
	listen, data string
	ttl          time.Duration // how long an order can be paid
}

func declareSandbox(f *command.Flags) command.Run {
	var c sandboxAlone
	f.Text(&c.listen, "listen", "127.0.0.1:18080")
	f.Text(&c.data, "data", "sandbox-data")
	f.Duration(&c.ttl, "order-ttl", sandbox.DefaultOrderTTL)
	return c.run
}

// run serves until ctx ends.
func (c *sandboxAlone) run(ctx context.Context, s command.Streams) error {
	server, err := sandbox.Open(sandbox.Options{Dir: c.data, OrderTTL: c.ttl, Log: terminal.NewLog(s.Log)})
	if err != nil {
		return command.Wrong("sandbox_data", "folder", c.data).Because(err)
	}
	defer server.Close()
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return command.Wrong("listen", "address", c.listen).Because(err)
	}
	url := "http://" + listener.Addr().String()
	server.SetBaseURL(url)
	fmt.Fprintln(s.Out, speech(nil).Say("commands.said.sandbox", "url", url))
	return server.Serve(ctx, listener)
}
