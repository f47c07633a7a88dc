package main

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onetrans/app/checks/rig"
	"onetrans/app/command"
	"onetrans/app/config"
	"onetrans/app/terminal/socket"
	"onetrans/assets/texts"
	"onetrans/flows/message/platform"
	"onetrans/flows/message/wire"
	"onetrans/store"
	"onetrans/store/trust"
)

// These have words of their own, wherever in another error they are.
var _ = []command.Worded{&config.Reason{}, config.Problem{}, &trust.Fault{}, &store.Flaw{}, &socket.PlaceError{}, &wire.KeyError{}, &platform.CertificateError{}}

// constants are the values of a type's constants in a folder's source.
func constants(t *testing.T, folder, kind string) (values []string) {
	t.Helper()
	rig.Source(t, folder, func(n ast.Node, _ func() token.Position) {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) == 0 {
			return
		}
		if of, ok := spec.Type.(*ast.Ident); ok && of.Name == kind {
			if text, ok := rig.Literal(spec.Values[0]); ok {
				values = append(values, text)
			}
		}
	})
	if len(values) < 3 {
		t.Errorf("%s: only %q", kind, values)
	}
	return values
}

func TestKeysCertificatesAndPlacesThatAreRefusedHaveTheirWordsInEachLanguage(t *testing.T) {
	book, err := texts.Load()
	if err != nil {
		t.Fatal(err)
	}
	var all []command.Worded
	for _, fault := range constants(t, "../flows/message/wire", "KeyFault") {
		all = append(all, &wire.KeyError{Fault: wire.KeyFault(fault)})
	}
	for _, fault := range constants(t, "../flows/message/platform", "CertificateFault") {
		all = append(all, &platform.CertificateError{Fault: platform.CertificateFault(fault)})
	}
	for _, kind := range constants(t, "../store/trust", "Kind") {
		all = append(all, &trust.Fault{Kind: trust.Kind(kind), Path: "/p", Mend: "chmod 1"})
	}
	for _, name := range book.Names() {
		for _, err := range all {
			key, _, _ := err.Words()
			said := command.Say(book.In(name), err)
			if !book.In(name).Has("commands.error."+key) || strings.ContainsAny(said, "{}") {
				t.Errorf("%s of %s: %q", name, key, said)
			}
		}
	}
}

func TestWhatIsWrongWithAConfigurationIsSaidInTheCallersLanguage(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "onetrans.toml")
	content := "[ui]\ntimeout_s = 4\ncolour = 1\n[platform]\ndriver = 'wire'\nprivate_key = 'abcd'\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	for language, says := range map[string][]string{
		"zh-CN": {path + " 第 2 行：ui.timeout_s：必须是整数秒，5 到 600", "第 3 行：ui.colour：没有这个键", "第 6 行：platform.private_key：必须是 SM2 密钥（十六进制、base64 或 PEM）：长度和结构都不像"},
		"en":    {path + ": line 2: ui.timeout_s: must be a whole number of seconds from 5 to 600", "ui.colour: there is no such key"},
	} {
		t.Setenv("LC_ALL", language)
		for _, words := range [][]string{{"agent"}, {"check"}, {"--trans_type", "hop.trade.query"}} {
			_, log, exit := spoken(t, language, append(words, "--config", path)...)
			for _, line := range says {
				if exit != exitFailed || !strings.Contains(log, line) {
					t.Errorf("%q in %s: %d, %s lacks %s", words, language, exit, log, line)
				}
			}
			if language == "zh-CN" && strings.Contains(log, "must") {
				t.Errorf("%q: %s", words, log)
			}
		}
	}
	if err := os.WriteFile(path, []byte("[ui"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LC_ALL", "zh-CN")
	if _, log, _ := spoken(t, "zh-CN", "check", "--config", path); !strings.Contains(log, "第 1 行：不是有效的 TOML") {
		t.Error(log)
	}
	if _, log, _ := spoken(t, "zh-CN", "check", "--config", folder); !strings.Contains(log, folder+"：不能使用：不是普通文件") {
		t.Error(log)
	}
}
