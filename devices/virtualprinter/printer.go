// Package virtualprinter is a receipt printer in software: it listens on the
// loopback interface, speaks ESC/POS, and keeps what it has printed. It can run out
// of paper, have its cover open, be offline, or not answer.
package virtualprinter

import (
	"fmt"
	"net"
	"sync"
)

// State is the state of the printer; with the zero state it prints.
type State struct {
	NoPaper, CoverOpen, Offline bool
	// Mute means that it accepts everything and answers nothing.
	Mute bool
	// Old means that it knows DLE EOT, but neither GS r nor DLE DC4.
	Old bool
	// PaperFor is for how many more lines and pictures there is paper; 0 means no
	// limit.
	PaperFor int
}

// Printer is a printer on a TCP port.
type Printer struct {
	listener net.Listener
	serving  sync.WaitGroup

	mu     sync.Mutex
	state  State
	conns  map[net.Conn]bool
	input  []byte // received, not yet carried out
	papers []Paper
	desk   interpreter
}

// Listen starts a printer on a free port of the loopback interface.
func Listen() (*Printer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("virtual printer: %w", err)
	}
	p := &Printer{listener: listener, conns: map[net.Conn]bool{}}
	p.serving.Go(p.serve)
	return p, nil
}

// Address is the address that it listens on.
func (p *Printer) Address() string { return p.listener.Addr().String() }

// Close stops the printer, and returns when nothing of it runs any more.
func (p *Printer) Close() {
	_ = p.listener.Close()
	p.mu.Lock()
	for conn := range p.conns {
		_ = conn.Close()
	}
	p.mu.Unlock()
	p.serving.Wait()
}

// Set changes the state of the printer. With paper, it continues with what it has
// received.
func (p *Printer) Set(s State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
	for conn := range p.conns {
		p.obey(conn)
	}
}

// Papers are the slips that were cut, oldest first.
func (p *Printer) Papers() []Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Paper{}, p.papers...)
}

// Kept is how much of what it received it still holds: bytes not yet carried out,
// and lines printed but not cut.
func (p *Printer) Kept() (bytes, lines int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.input), len(p.desk.paper.Lines)
}

func (p *Printer) serve() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.conns[conn] = true
		p.mu.Unlock()
		p.serving.Go(func() { p.attend(conn) })
	}
}

func (p *Printer) attend(conn net.Conn) {
	defer conn.Close()
	buffer := make([]byte, 4096)
	var ahead []byte // the beginning of a real-time command, perhaps
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			p.mu.Lock()
			delete(p.conns, conn)
			p.mu.Unlock()
			return
		}
		ahead = p.receive(conn, append(ahead, buffer[:n]...))
	}
}

// receive carries out real-time commands at once, wherever they stand, and queues
// the rest. What may be the beginning of one is returned.
func (p *Printer) receive(conn net.Conn, data []byte) (ahead []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(data) > 0 {
		size, whole := realTime(data)
		switch {
		case size == 0:
			p.input = append(p.input, data[0])
			data = data[1:]
		case !whole:
			p.obey(conn)
			return append([]byte{}, data...)
		case data[1] == 0x04:
			p.tell(conn, p.state.status(data[2]))
			data = data[size:]
		default:
			if !p.state.Old {
				p.input, p.desk = nil, interpreter{}
				p.tell(conn, 0x37, 0x25, 0x00)
			}
			data = data[size:]
		}
	}
	p.obey(conn)
	return nil
}

func (p *Printer) tell(conn net.Conn, answer ...byte) {
	if !p.state.Mute {
		_, _ = conn.Write(answer)
	}
}

// status is the answer to DLE EOT n.
func (s State) status(n byte) byte {
	b := byte(0x12)
	switch n {
	case 1:
		b |= bit(3, s.NoPaper || s.CoverOpen || s.Offline)
	case 2:
		b |= bit(2, s.CoverOpen) | bit(5, s.NoPaper) | bit(6, s.Offline)
	case 4:
		b |= bit(5, s.NoPaper) | bit(6, s.NoPaper)
	}
	return b
}

func bit(n int, on bool) byte {
	if on {
		return 1 << n
	}
	return 0
}

// realTime is the length of the real-time command that data begins with, 0 for
// none, and whether it is complete.
func realTime(data []byte) (size int, whole bool) {
	commands := [][]byte{{0x10, 0x04}, {0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08}}
	sizes := []int{3, 10}
	for i, command := range commands {
		n := min(len(data), len(command))
		if string(data[:n]) == string(command[:n]) {
			return sizes[i], len(data) >= sizes[i]
		}
	}
	return 0, false
}

// obey carries out commands as long as it can print.
func (p *Printer) obey(conn net.Conn) {
	for !p.state.NoPaper && !p.state.CoverOpen && !p.state.Offline {
		used, did := p.desk.step(p.input)
		if used == 0 {
			return
		}
		p.input = p.input[used:]
		switch did {
		case printed:
			if p.state.PaperFor > 0 {
				p.state.PaperFor--
				p.state.NoPaper = p.state.PaperFor == 0
			}
		case cut:
			p.papers = append(p.papers, p.desk.paper)
			p.desk.paper = Paper{}
		case asked:
			if !p.state.Old {
				p.tell(conn, 0x00)
			}
		}
	}
}
