package config

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"onetrans/app/sandbox"
)

func TestSecretsNeverShow(t *testing.T) {
	const hidden = "s3cret-of-all"
	c := mustLoad(t, strings.ReplaceAll(real, `"K"`, `"`+hidden+`"`)+
		"signtype='SM2'\nprivate_key='"+sandbox.DemoPrivateKey+"'\nplatform_key='"+sandbox.DemoPublicKey+"'",
		"ONETRANS_PAY_ACCOUNT_02_PAY_APP_SECRET="+hidden)
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%08.3f", "%p", "%T"} {
		fmt.Fprintf(&out, verb+"\n", c.Platform.AppKey)
		fmt.Fprintf(&out, verb+"\n", &c.Platform.AppKey)
		fmt.Fprintf(&out, verb+"\n", c)
		fmt.Fprintf(&out, verb+"\n", c.Platform)
		fmt.Fprintf(&out, verb+"\n", &c.Platform)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "c", c, "key", c.Platform.AppKey)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "c", c, "key", c.Platform.AppKey)
	if data, err := json.Marshal(c.Platform.AppKey); err != nil || string(data) != `"******"` {
		t.Errorf("%s, %v", data, err)
	}
	for _, s := range []string{hidden, fmt.Sprintf("%x", hidden), fmt.Sprintf("%X", hidden), fmt.Sprint([]byte(hidden))} {
		if strings.Contains(out.String(), strings.Trim(s, "[]")) {
			t.Errorf("%s shows in %s", s, out.String())
		}
	}
	if strings.Contains(strings.ToUpper(out.String()), sandbox.DemoPrivateKey[:16]) {
		t.Error("the private key shows")
	}
	if (Secret{}).String() != "" || NewSecret("a").String() != "******" {
		t.Error("an empty secret is seen to be empty, and nothing else is seen")
	}
}

func TestSecretsByReference(t *testing.T) {
	dir := t.TempDir()
	keyFile := write(t, filepath.Join(dir, "key"), "\ufeff  K3y \r\n")
	for name, said := range map[string]string{
		"itself":   "K3y",
		"file":     "file:" + keyFile,
		"variable": "env:HOSPITAL_KEY",
		"ours":     "env:ONETRANS_APP_KEY_OF_THE_HOSPITAL",
	} {
		environ := []string{"HOSPITAL_KEY= K3y\n"}
		if name == "ours" {
			environ = append(environ, "ONETRANS_APP_KEY_OF_THE_HOSPITAL=K3y")
		}
		c := mustLoad(t, "[platform]\napp_id='A'\napp_key = '"+said+"'", environ...)
		if c.Platform.AppKey.Reveal() != "K3y" {
			t.Errorf("%s is not what was meant", name)
		}
		c = mustLoad(t, "", append(environ, "ONETRANS_PLATFORM_APP_ID=A", "ONETRANS_PLATFORM_APP_KEY="+said)...)
		if c.Platform.AppKey.Reveal() != "K3y" {
			t.Errorf("%s in a variable is not what was meant", name)
		}
		if from, named := strings.CutPrefix(said, "env:"); named != slices.Contains(c.SecretVariables, from) {
			t.Errorf("%s: nobody is told of its variable: %q", name, c.SecretVariables)
		}
	}
}

func TestKeysByReference(t *testing.T) {
	dir := t.TempDir()
	private := write(t, filepath.Join(dir, "private"), sandbox.DemoPrivateKey+"\n")
	public := write(t, filepath.Join(dir, "public"), sandbox.DemoPublicKey+"\n")
	if err := os.Chmod(public, 0o644); err != nil {
		t.Fatal(err)
	}
	c := mustLoad(t, real+"signtype='SM2'\nprivate_key='file:"+private+"'\nplatform_key='file:"+public+"'")
	if err := c.Platform.Keys().Check(); err != nil {
		t.Error(err)
	}
}

func TestReferencesRefused(t *testing.T) {
	dir := t.TempDir()
	for name, r := range map[string]refusal{
		"no variable":       {"env:NOBODY_SET_THIS", 2, "", ErrReference, "not set"},
		"an empty variable": {"env:EMPTY", 2, "", ErrReference, "not set"},
		"no name":           {"env:", 2, "", ErrReference, "not set"},
		"no file":           {"file:" + filepath.Join(dir, "missing"), 2, "", ErrReference, "no such file"},
		"a folder":          {"file:" + dir, 2, "", ErrReference, "not a regular file"},
		"an empty file":     {"file:" + write(t, filepath.Join(dir, "empty"), " \n"), 2, "", ErrReference, "is empty"},
		"a large file":      {"file:" + write(t, filepath.Join(dir, "large"), strings.Repeat("a", maxSecret+1)), 2, "", ErrReference, "longer than"},
		"a long secret":     {"file:" + write(t, filepath.Join(dir, "long"), strings.Repeat("a", 201)), 2, "", ErrValue, "at most 200"},
		"two lines":         {"file:" + write(t, filepath.Join(dir, "two"), "a\nb"), 2, "", ErrValue, "line breaks"},
		"a binary":          {"file:" + write(t, filepath.Join(dir, "bin"), "\xff\xfe\xfd"), 2, "", ErrValue, "UTF-8"},
		"a zero byte":       {"file:a\\u0000b", 2, "", ErrValue, "control characters"},
	} {
		t.Run(name, func(t *testing.T) {
			r.key = "platform.app_key"
			_, err := load(t, "[platform]\napp_key = \""+filepath.ToSlash(r.content)+"\"\napp_id = 'A'", "EMPTY= ")
			r.check(t, err)
		})
	}
}

func TestSecretsThatEverybodyReads(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // access lists are not in the mode
	}
	path := write(t, filepath.Join(t.TempDir(), "key"), sandbox.DemoPrivateKey)
	for _, mode := range []os.FileMode{0o604, 0o602, 0o644, 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"app_key", "private_key"} {
			_, err := load(t, "[platform]\n"+key+" = 'file:"+path+"'")
			if !errors.Is(err, ErrReference) || !strings.Contains(err.Error(), "chmod 600") {
				t.Errorf("%s at %o: %v", key, mode, err)
			}
		}
	}
}

func TestTheJournalsKey(t *testing.T) {
	const key = "000102030405060708090A0B0C0D0E0F000102030405060708090a0b0c0d0e0f"
	dir := t.TempDir()
	for name, said := range map[string]string{
		"itself": key, "file": "file:" + write(t, filepath.Join(dir, "key"), key+"\n"), "variable": "env:JOURNAL_KEY",
	} {
		c := mustLoad(t, "[store]\nkey = '"+said+"'", "JOURNAL_KEY="+key)
		if c.Store.Key.Reveal() != key || strings.Contains(fmt.Sprintf("%+v %#v", c, c), key[:16]) {
			t.Errorf("%s: %v", name, c.Store)
		}
	}
	if c := mustLoad(t, "[store]\nkey = ''"); !c.Store.Key.Empty() {
		t.Error("an empty key is none")
	}
	for _, said := range []string{key[2:], key + "00", strings.Replace(key, "0", "g", 1), strings.Replace(key, "00", "0x", 1)} {
		_, err := load(t, "[store]\nkey = '"+said+"'")
		if !errors.Is(err, ErrValue) || strings.Contains(err.Error(), said[:8]) {
			t.Errorf("%s: %v", said, err)
		}
	}
}
