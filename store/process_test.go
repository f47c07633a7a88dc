//go:build unix

package store

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"onetrans/flows/onetrans"
	"onetrans/flows/txn"
)

// The test's own binary is run again as another process that has the journal.
const asChild = "ONETRANS_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	child, ok := map[string]func(path string) error{
		"hold": hold, "write": writeOn, "create": createMany, "fill": fill,
	}[os.Getenv(asChild)]
	if !ok {
		os.Exit(m.Run())
	}
	if err := child(os.Args[1]); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// child starts the other process; it is killed when the test ends.
func child(t *testing.T, what, path string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], path)
	cmd.Env = append(os.Environ(), asChild+"="+what)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// hold has the journal until its input ends.
func hold(path string) error {
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Println("held")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func TestOneOwnerAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	cmd := exec.Command(os.Args[0], path)
	cmd.Env = append(os.Environ(), asChild+"=hold")
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "held" {
		t.Fatal(lines.Text())
	}
	start := time.Now()
	_, err := Open(path, Options{})
	if took := time.Since(start); !errors.Is(err, ErrInUse) || took > 100*time.Millisecond {
		t.Errorf("%v after %v", err, took)
	}
	if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
		t.Fatal(err)
	}
	openAt(t, path)
}

// writeOn writes for ever, and says what was acknowledged.
func writeOn(path string) error {
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		no := strconv.Itoa(os.Getpid()) + "-" + strconv.Itoa(i)
		if err := s.Write(entry(no, "sent"), trade(no, txn.Pending)); err != nil {
			return err
		}
		fmt.Println(no)
	}
}

func TestWhatWasAcknowledgedOutlivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	var acknowledged []string
	for range 20 {
		cmd, lines := child(t, "write", path)
		for range 1 + rand.IntN(40) {
			if !lines.Scan() || strings.HasPrefix(lines.Text(), "error") {
				t.Fatal(lines.Text())
			}
			acknowledged = append(acknowledged, lines.Text())
		}
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it still said before it died
			acknowledged = append(acknowledged, lines.Text())
		}
		cmd.Wait()

		s, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, no := range acknowledged {
			if _, found, err := s.Trade(onetrans.TransRecharge, no); err != nil || !found {
				t.Fatalf("%s is lost: %v", no, err)
			}
		}
		proof, err := s.Verify(t.Context())
		if err != nil || !proof.Whole() {
			t.Fatalf("after a kill: %v %+v", err, proof.Faults)
		}
		if err := errors.Join(s.whole(), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// createMany makes one journal after another.
func createMany(folder string) error {
	for i := 0; ; i++ {
		s, err := Open(filepath.Join(folder, strconv.Itoa(i)), Options{})
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
		fmt.Println(i)
	}
}

func TestAKillWhileItIsMadeLeavesNoneOrAWholeOne(t *testing.T) {
	for range 20 {
		folder := t.TempDir()
		cmd, lines := child(t, "create", folder)
		if !lines.Scan() {
			t.Fatal("nothing was made")
		}
		timer := time.AfterFunc(time.Duration(rand.IntN(int(30*time.Millisecond))), func() { cmd.Process.Kill() })
		last := 0
		for lines.Scan() {
			last, _ = strconv.Atoi(lines.Text())
		}
		timer.Stop()
		cmd.Wait()
		for i := range last + 2 {
			path := filepath.Join(folder, strconv.Itoa(i))
			if _, err := os.Stat(path); err == nil {
				s, err := Open(path, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(s.whole(), s.Close()); err != nil {
					t.Fatal(err)
				}
			} else if i <= last {
				t.Fatal("a journal that was made is gone")
			}
		}
	}
}

// fill writes until the disk is full, then makes room and writes on.
func fill(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		return err
	}
	limit := before
	limit.Cur = 256 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	written := 0
	for err == nil && written < 100000 {
		no := strconv.Itoa(written)
		if err = s.Write(entry(no, "sent"), trade(no, txn.Pending)); err == nil {
			written++
		}
	}
	if err == nil {
		return errors.New("the disk never got full")
	}
	for range 5 { // it goes on failing, and does no harm
		if s.Write(entry("x", "sent"), trade("x", txn.Pending)) == nil {
			break
		}
	}
	if _, found, err := s.Trade(onetrans.TransRecharge, strconv.Itoa(written)); found || err != nil {
		return fmt.Errorf("half of what failed was written: %v %w", found, err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		return err
	}
	if err := s.Write(entry("again", "sent"), trade("again", txn.Pending)); err != nil {
		return fmt.Errorf("there is room again: %w", err)
	}
	fmt.Println(written)
	return errors.Join(s.whole(), s.Close())
}

func TestAFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	cmd, lines := child(t, "fill", path)
	if !lines.Scan() {
		t.Fatal("no word")
	}
	written, err := strconv.Atoi(lines.Text())
	if err != nil {
		t.Fatal(lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, path)
	for i := range written {
		if _, found, err := s.Trade(onetrans.TransRecharge, strconv.Itoa(i)); !found || err != nil {
			t.Fatalf("%d is lost: %v", i, err)
		}
	}
	if _, found, err := s.Trade(onetrans.TransRecharge, "again"); !found || err != nil {
		t.Errorf("what came after is lost: %v", err)
	}
	entries := 0
	if err := s.Entries(func(_ uint64, e txn.Entry) bool { entries++; return true }); err != nil || entries < written+1 {
		t.Errorf("%d entries of %d: %v", entries, written+1, err)
	}
}
