// Command licences gathers the licence texts of everything that is in the executable,
// as the packages of its builds have them.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	text, err := gather(".")
	if err == nil {
		err = os.WriteFile("assets/licences/licences.txt", []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

// builds are the systems that the executable is built for.
var builds = [][]string{
	{"GOOS=linux", "GOARCH=amd64"}, {"GOOS=windows", "GOARCH=amd64"}, {"GOOS=windows", "GOARCH=386"},
}

// ours are what is in the executable and in no module but this one: by its name, where
// the licence is.
var ours = map[string]string{
	"onetrans":                              "LICENSE",
	"Noto Sans SC, the typeface":            "assets/fonts/OFL.txt",
	"mingw-w64, in the Windows executables": "assets/licences/mingw-w64.txt",
}

// errNone says that something is in the executable without a licence.
var errNone = errors.New("no licence text")

// gather is the text with all licences; root is the folder of this module.
func gather(root string) (string, error) {
	found, err := components(root)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("The licences of everything in this program.\n")
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if len(found[name]) == 0 {
			return "", fmt.Errorf("%w: %s", errNone, name)
		}
		fmt.Fprintf(&b, "\n%s\n%s\n", strings.Repeat("=", 78), name)
		for _, file := range slices.Sorted(maps.Keys(found[name])) {
			text, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			text = bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
			fmt.Fprintf(&b, "%s\n%s\n\n%s\n", strings.Repeat("-", 78), found[name][file], text)
		}
	}
	return b.String(), nil
}

// files are licence files, by where they are, and as what they are shown.
type files map[string]string

// components are the files of everything that is in the executable, by its name.
func components(root string) (map[string]files, error) {
	all := map[string]files{}
	for name, file := range ours {
		all[name] = files{filepath.Join(root, file): path.Base(file)}
	}
	for _, build := range builds {
		packages, err := linked(root, build)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			if err := p.addTo(all); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// goPackage is what go list says of a package.
type goPackage struct {
	Dir, Root string
	Standard  bool
	Module    *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// linked are the packages that a build is made of.
func linked(root string, build []string) (all []goPackage, err error) {
	list := exec.Command("go", "list", "-deps", "-tags", "x11", "-json=Dir,Root,Standard,Module", "./app")
	list.Dir, list.Env = root, append(os.Environ(), append(build, "CGO_ENABLED=1")...)
	var said bytes.Buffer
	list.Stderr = &said
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, said.Bytes())
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

// addTo adds the licences that hold for a package: those on the way from its module
// down to it, and those of the C and the data below it.
func (p goPackage) addTo(all map[string]files) error {
	name, top := "Go, its runtime and standard library", p.Root
	if !p.Standard {
		if p.Module == nil || p.Module.Main {
			return nil
		}
		name, top = p.Module.Path+" "+p.Module.Version, p.Module.Dir
	}
	if all[name] == nil {
		all[name] = files{}
	}
	if p.Standard {
		return inFolder(top, top, all[name])
	}
	for folder := p.Dir; ; folder = filepath.Dir(folder) {
		if err := inFolder(top, folder, all[name]); err != nil {
			return err
		}
		if folder == top || len(folder) < len(top) {
			return below(top, p.Dir, all[name])
		}
	}
}

// below adds what is in folders without Go: the C that a package includes, and its data.
func below(top, folder string, into files) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		inner := filepath.Join(folder, e.Name())
		if source, _ := filepath.Glob(filepath.Join(inner, "*.go")); !e.IsDir() || len(source) > 0 || e.Name() == "testdata" {
			continue
		}
		if err := errors.Join(inFolder(top, inner, into), below(top, inner, into)); err != nil {
			return err
		}
	}
	return nil
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]es?|copying|notice|patents|unlicense|ofl)\b.*$`)

// inFolder adds the licence files of one folder.
func inFolder(top, folder string, into files) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !e.IsDir() && licenceFile.MatchString(e.Name()) && filepath.Ext(e.Name()) != ".go" {
			file := filepath.Join(folder, e.Name())
			shown, err := filepath.Rel(top, file)
			if err != nil {
				return err
			}
			into[file] = filepath.ToSlash(shown)
		}
	}
	return err
}
