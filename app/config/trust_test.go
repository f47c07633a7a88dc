package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"onetrans/app/sandbox"
)

func TestWhatOthersMayWriteIsNotTrusted(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // access lists are not in the mode
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil { // else nobody else could enter
		t.Fatal(err)
	}
	// The way to the folder is the test's own, and may be shut to all others.
	if err := os.Chmod(filepath.Dir(folder), 0o755); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(folder, name) }
	path := write(t, at("conf/onetrans.toml"), real+
		"ca_file = '../ca/ca.pem'\nsigntype = 'SM2'\nprivate_key = 'file:../own/private'\nplatform_key = 'file:../peer/public'\n")
	write(t, at("ca/ca.pem"), goodCA(t))
	write(t, at("own/private"), sandbox.DemoPrivateKey)
	write(t, at("peer/public"), sandbox.DemoPublicKey)
	load := func() error {
		_, err := Load(Options{Path: path, Environ: lone()})
		return err
	}
	if err := load(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"conf", "conf/onetrans.toml", "ca", "ca/ca.pem", "own", "own/private", "peer", "peer/public"} {
		was, err := os.Stat(at(name))
		if err != nil {
			t.Fatal(err)
		}
		loose := was.Mode().Perm() | 0o020
		if was.IsDir() {
			loose |= 0o077
		}
		if err := os.Chmod(at(name), loose); err != nil {
			t.Fatal(err)
		}
		if err := load(); !errors.Is(err, ErrConfig) || !strings.Contains(err.Error(), "chmod go-w "+at(name)) {
			t.Errorf("%s that others may write: %v", name, err)
		}
		if err := os.Chmod(at(name), was.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSecretsInAFileThatEverybodyReadsAreRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // access lists are not in the mode
	}
	reference := "file:" + write(t, filepath.Join(t.TempDir(), "secret"), strings.Repeat("12", 32))
	const wired = "[platform]\ndriver = 'wire'\nurl = 'https://pay.example.cn'\n[[pay.account]]\ntype = '02'\ncollect = false\n"
	for content, secret := range map[string]string{
		real: "platform.app_key",
		strings.Replace(wired, "[[", "app_id='A'\napp_key = 'env:KEY'\n[[", 1):            "",
		strings.Replace(wired, "[[", "app_id='A'\napp_key = 'K'\n[[", 1):                  "platform.app_key",
		strings.Replace(wired, "[[", "private_key = '"+sandbox.DemoPrivateKey+"'\n[[", 1): "platform.private_key",
		strings.Replace(wired, "[[", "platform_key = '"+sandbox.DemoPublicKey+"'\n[[", 1): "",
		wired + "pay_app_id = 'P'\npay_app_secret = 'S'\n":                                "pay.account[02].pay_app_secret",
		wired + "[store]\nkey = '" + strings.Repeat("12", 32) + "'\n":                     "store.key",
		wired + "[store]\nkey = '" + reference + "'\n":                                    "",
		wired + "[ehc]\napp_id = 'E'\napp_secret = 'S'\nterm_id = 'T'\n":                  "ehc.app_secret",
	} {
		path := write(t, filepath.Join(t.TempDir(), "onetrans.toml"), content)
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Load(Options{Path: path, Environ: lone("KEY=K")})
		if secret == "" && err != nil || secret != "" &&
			(err == nil || !strings.Contains(err.Error(), secret+": ") || !strings.Contains(err.Error(), "chmod 600 "+path)) {
			t.Errorf("%s\n%v", content, err)
		}
		if err := os.Chmod(path, 0o640); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(Options{Path: path, Environ: lone("KEY=K")}); err != nil {
			t.Errorf("a group may read it: %v", err)
		}
	}
}
