package socket

import "net"

// peerOf leaves the judgement to the secret, which only this user may read.
func peerOf(net.Conn) (Peer, error) { return Peer{}, nil }

func programOf(int) string { return "" }
