package command

import (
	"crypto/x509"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"net"
	"strings"
	"testing"

	"onetrans/app/checks/rig"
	"onetrans/app/terminal/socket"
	"onetrans/assets/texts"
	"onetrans/devices"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
)

func language(t *testing.T, name string) texts.Language {
	t.Helper()
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	return book.In(name)
}

func TestEveryReasonHasItsWordsInEachLanguage(t *testing.T) {
	var keys []string
	rig.Source(t, ".", func(n ast.Node, _ func() token.Position) { // of every system
		if pair, ok := n.(*ast.CompositeLit); ok && len(pair.Elts) == 2 {
			if key, ok := rig.Literal(pair.Elts[1]); ok && key != "" {
				keys = append(keys, key)
			}
		}
	})
	if len(keys) < len(reasons())+6 {
		t.Errorf("only %q", keys)
	}
	for _, name := range texts.Names() {
		for _, key := range keys {
			if !language(t, name).Has("commands.reason." + key) {
				t.Errorf("%s has no words for %s", name, key)
			}
		}
	}
}

// library is an error of another's.
type library struct{ error }

func TestAnErrorIsSaidByWhatWentWrongAndInBracketsWhatTheSystemSays(t *testing.T) {
	zh := language(t, "zh-CN")
	missing := &fs.PathError{Op: "open", Path: "/x", Err: fs.ErrNotExist}
	for says, err := range map[string]error{
		"没有这个文件或文件夹（open /x: file does not exist）": fmt.Errorf("opening the book: %w", missing),
		"缺纸": devices.ErrPaperOut,
		"PC/SC 服务没有运行（scard: no service）":                  fmt.Errorf("%w: %w", devices.ErrNoReader, fmt.Errorf("%w: %w", devices.ErrNoService, library{errors.New("scard: no service")})),
		"没有接上读卡器（another）":                                 fmt.Errorf("%w: %w", devices.ErrNoReader, library{errors.New("another")}),
		"平台没有正常应答（HTTP status 502）":                        fmt.Errorf("%w: %w", platform.ErrNoAnswer, platform.StatusError(502)),
		"为本机服务的程序正忙，请稍后再试":                                 fmt.Errorf("asking: %w", socket.ErrBusy),
		"/s 上已有别的文件，不会覆盖它：请移开它，或另设 owner.socket":           fmt.Errorf("listening: %w", &socket.PlaceError{Path: "/s"}),
		"平台没有正常应答；应答的签名不对":                                 fmt.Errorf("%w: %w", platform.ErrNoAnswer, wire.ErrSignature),
		"里面没有 PEM 证书":                                      fmt.Errorf("%w: platform.ca_file: %w", platform.ErrOptions, &platform.CertificateError{Fault: platform.NoCertificate}),
		"已按要求中止\n没有这个文件或文件夹（open /x: file does not exist）": errors.Join(ErrSignal, missing),
		"没有接上读卡器（\\x1b[2J \\u202e）":                        fmt.Errorf("%w: %w", devices.ErrNoReader, library{errors.New("\x1b[2J \u202e")}),
		"出了意外的错误（a \\x1b[2J）":                              errors.New("a \x1b[2J"),
		"出了意外的错误（never seen）":                              errors.New("never seen"),
		"找不到这个域名，请检查地址和 DNS（lookup h: none）":               &net.DNSError{Err: "none", Name: "h"},
	} {
		if got := Say(zh, err); got != says {
			t.Errorf("%v: %q, want %q", err, got, says)
		}
	}
	for says, reason := range map[string]x509.InvalidReason{"已过期": x509.Expired, "不能用": x509.NotAuthorizedToSign} {
		if got := Say(zh, x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: reason}); !strings.Contains(got, says) {
			t.Errorf("%q lacks %q", got, says)
		}
	}
}
