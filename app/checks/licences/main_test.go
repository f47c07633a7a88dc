package main

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"onetrans/assets/licences"
)

func TestTheLicencesAreThoseOfWhatIsInTheExecutable(t *testing.T) {
	want, err := gather("../../..")
	if err != nil {
		t.Fatal(err)
	}
	if licences.Text() != want {
		t.Error("they are out of date: run make docs")
	}
}

func TestEveryModuleInTheExecutableHasALicence(t *testing.T) {
	found, err := components("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, texts := range found {
		if len(texts) == 0 || !strings.Contains(licences.Text(), "\n"+name+"\n") {
			t.Errorf("%s has none", name)
		}
	}
	glfw := slices.IndexFunc(slices.Collect(maps.Keys(found)), func(name string) bool { return strings.Contains(name, "go-gl/glfw") })
	if len(found) < 30 || glfw < 0 {
		t.Errorf("only %d found", len(found))
	}
	for name, texts := range found {
		if strings.Contains(name, "go-gl/glfw") && !slices.Contains(slices.Collect(maps.Values(texts)), "glfw/LICENSE.md") {
			t.Errorf("the C in %s has none", name)
		}
	}
}

func TestAModuleWithoutALicenceIsFound(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module onetrans\n\ngo 1.26\n\nrequire bare v0.0.0\n\nreplace bare => ./bare\n", "LICENSE": "ours",
		"assets/fonts/OFL.txt": "theirs", "assets/licences/mingw-w64.txt": "theirs",
		"app/main.go": "package main\n\nimport _ \"bare\"\n\nfunc main() {}\n", "bare/go.mod": "module bare\n\ngo 1.26\n", "bare/bare.go": "package bare\n",
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := gather(folder); !errors.Is(err, errNone) || !strings.Contains(err.Error(), "bare") {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "bare", "COPYING"), []byte("take it"), 0o644); err != nil {
		t.Fatal(err)
	}
	if text, err := gather(folder); err != nil || !strings.Contains(text, "take it") {
		t.Error(err)
	}
}
