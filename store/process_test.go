//go:build linux

package store

import (
	"bufio"
	"context"
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

	"onetrans/flows/core/txn"
	"onetrans/flows/message/onetrans"
)

// The test's own binary is run again as another process that has the journal.
const asChild = "ONETRANS_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	child, ok := map[string]func(path string) error{
		"hold": hold, "write": writeOn, "create": createMany, "limited": limited, "crowded": crowded, "flip": flipMany, "prune": pruneOn,
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
		if err := errors.Join(s.checked(), s.Close()); err != nil {
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
				if err := errors.Join(s.checked(), s.Close()); err != nil {
					t.Fatal(err)
				}
			} else if i <= last {
				t.Fatal("a journal that was made is gone")
			}
		}
	}
}

// limited is a process whose files may not grow.
func limited(path string) error {
	signal.Ignore(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		return err
	}
	narrow := before
	narrow.Cur = 256 << 10
	return fill(path,
		func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &narrow) },
		func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before) })
}

// crowded is a process with a small file system of its own, on which something
// else takes the room.
func crowded(path string) error {
	folder := filepath.Dir(path)
	if err := syscall.Mount("none", folder, "tmpfs", 0, "size=1m"); err != nil {
		return err
	}
	ballast := filepath.Join(folder, "ballast")
	return fill(path,
		func() error { return os.WriteFile(ballast, make([]byte, 512<<10), 0o600) },
		func() error { return os.Remove(ballast) })
}

// fill writes until there is no room, then writes on where there is again.
func fill(path string, narrow, widen func() error) error {
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	if err := narrow(); err != nil {
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
	if err := widen(); err != nil {
		return err
	}
	if err := s.Write(entry("again", "sent"), trade("again", txn.Pending)); err != nil {
		return fmt.Errorf("there is room again: %w", err)
	}
	if err := errors.Join(s.checked(), s.Close()); err != nil {
		return err
	}
	return nothingLost(path, written)
}

// nothingLost says whether all that was acknowledged is there after a restart.
func nothingLost(path string, written int) error {
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	for i := range written {
		if _, found, err := s.Trade(onetrans.TransRecharge, strconv.Itoa(i)); !found || err != nil {
			return fmt.Errorf("%d is lost: %w", i, err)
		}
	}
	if _, found, err := s.Trade(onetrans.TransRecharge, "again"); !found || err != nil {
		return fmt.Errorf("what came after is lost: %w", err)
	}
	entries := 0
	if err := s.Entries(func(uint64, txn.Entry) bool { entries++; return true }); err != nil || entries < written+1 {
		return fmt.Errorf("%d entries of %d: %w", entries, written+1, err)
	}
	return nil
}

func TestAFullDisk(t *testing.T) {
	ownFiles := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	for what, attributes := range map[string]*syscall.SysProcAttr{"limited": nil, "crowded": ownFiles} {
		t.Run(what, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], filepath.Join(t.TempDir(), "journal"))
			cmd.Env, cmd.SysProcAttr = append(os.Environ(), asChild+"="+what), attributes
			out, err := cmd.CombinedOutput()
			if errors.Is(err, syscall.EPERM) {
				t.Skip("user and mount namespaces are missing: this kernel or container forbids them (unshare -rm)")
			}
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// pruneOn fills a journal and prunes it, again and again, and says what it wrote.
func pruneOn(path string) error {
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		for n := range 30 {
			no := fmt.Sprintf("%d-%d-%d", os.Getpid(), i, n)
			t := trade(no, txn.Succ)
			t.Progress.TraceNo, t.Progress.QRCode = "T"+no, strings.Repeat("x", 60<<10)
			if err := s.Write(entry(no, "sent"), t); err != nil {
				return err
			}
			fmt.Println(no)
		}
		archive := fmt.Sprintf("%s.archive-%d-%d", path, os.Getpid(), i)
		if _, err := s.Prune(context.Background(), entry("", "").At.Add(time.Hour), archive); err != nil {
			return err
		}
	}
}

// Whenever who prunes is killed, all that was acknowledged is in the journal or in
// an archive, and the chain is whole.
func TestAKillWhileRoomIsGivenBackLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	for range 8 {
		cmd, lines := child(t, "prune", path)
		var acknowledged []string
		for range 31 + rand.IntN(60) {
			if !lines.Scan() || strings.HasPrefix(lines.Text(), "error") {
				t.Fatal(lines.Text())
			}
			acknowledged = append(acknowledged, lines.Text())
		}
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			acknowledged = append(acknowledged, lines.Text())
		}
		cmd.Wait()
		s := opened(t, path, Options{})
		for _, no := range acknowledged {
			if _, found, err := s.Trade(onetrans.TransRecharge, no); !found && !errors.Is(err, txn.ErrArchived) {
				t.Fatalf("%s is lost: %v", no, err)
			}
		}
		if proof, err := s.Verify(t.Context()); err != nil || !proof.Whole() {
			t.Fatalf("after a kill: %v %+v", err, proof.Faults)
		}
		s.Close()
	}
}

// A file may grow fourfold while somebody reads all of it, and a small one further.
func TestHowFarAFileMayGrowWhileItIsRead(t *testing.T) {
	for size, want := range map[int64]int{0: 128 << 20, 32 << 20: 128 << 20, 32<<20 + 1: 128<<20 + 4, 1 << 30: 4 << 30} {
		if got := roomFor(size); got != want {
			t.Errorf("%d bytes: %d", size, got)
		}
	}
}
