package callers

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Errors of a stage.
var (
	// ErrAnswer is an answer that no caller can read.
	ErrAnswer = errors.New("an answer")
	// ErrMissing is a tool that this machine has not.
	ErrMissing = errors.New("this machine has not")
)

// Stage is where callers are played, with the hosts that were built for it.
type Stage struct {
	Place string // linux, windows64 or windows32
	// Sources is the folder of the hosts' sources, Built the one where they are built.
	Sources, Built string
	// Wine is the command that runs programs of Windows.
	Wine []string
}

// Tools that build hosts, from the environment where they are not the system's.
const (
	jna = "/usr/share/java/jna.jar"
	// nodePath names the folder of koffi, by which Node calls a library.
	nodePath = "NODE_PATH"
	// fpcSource names the folder of Free Pascal's own units, as source; fpc386 its
	// compiler for 32 bits.
	fpcSource = "FPC_SOURCE"
	fpc386    = "FPC_386"
)

// language is how hosts of a language are built and run.
type language struct {
	// build has the commands that build it, by place; a place without any has no host.
	build map[string]func(Stage) [][]string
	// run is the command that runs it.
	run func(Stage) []string
}

func languages() map[string]language {
	alone := map[string]func(Stage) [][]string{Linux: func(Stage) [][]string { return nil }}
	return map[string]language{
		"c": {
			map[string]func(Stage) [][]string{
				Linux:     func(s Stage) [][]string { return compileC(s, "gcc", "-D_GNU_SOURCE", "-pthread") },
				Windows64: func(s Stage) [][]string { return compileC(s, "x86_64-w64-mingw32-gcc") },
				Windows32: func(s Stage) [][]string { return compileC(s, "i686-w64-mingw32-gcc") },
			},
			func(s Stage) []string { return s.native("host-c") },
		},
		"pascal": {
			map[string]func(Stage) [][]string{
				Linux: func(s Stage) [][]string {
					return [][]string{{"fpc", "-v0", "-l-", "-FU" + s.Built, "-o" + s.path("host-pascal"), s.source("pascal/host.pas")}}
				},
				Windows64: func(s Stage) [][]string { return crossPascal(s, "ppcx64", "win64", "x86_64") },
				Windows32: func(s Stage) [][]string { return crossPascal(s, os.Getenv(fpc386), "win32", "i386") },
			},
			func(s Stage) []string { return s.native("host-pascal") },
		},
		"csharp": {
			map[string]func(Stage) [][]string{Linux: func(s Stage) [][]string {
				return [][]string{{"mcs", "-out:" + s.path("Host.exe"), s.source("csharp/Host.cs")}}
			}},
			func(s Stage) []string { return []string{"mono", s.path("Host.exe")} },
		},
		"java": {
			map[string]func(Stage) [][]string{Linux: func(s Stage) [][]string {
				return [][]string{{"javac", "-cp", jna, "-d", s.Built, s.source("java/Host.java")}}
			}},
			func(s Stage) []string { return []string{"java", "-cp", s.Built + ":" + jna, "Host"} },
		},
		"node": {
			map[string]func(Stage) [][]string{Linux: func(Stage) [][]string {
				return [][]string{{"node", "-e", "require('koffi')"}}
			}},
			func(s Stage) []string { return []string{"node", s.source("node/host.js")} },
		},
		"python": {alone, func(s Stage) []string { return []string{"python3", s.source("python/host.py")} }},
	}
}

// Languages are those that a host can be written in.
func Languages() []string { return slices.Sorted(maps.Keys(languages())) }

// places are where a language has a host.
func places(host string) []string { return slices.Sorted(maps.Keys(languages()[host].build)) }

func compileC(s Stage, compiler string, more ...string) [][]string {
	words := append([]string{compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-O1"}, more...)
	words = append(words, "-o", s.native("host-c")[len(s.Wine)], s.source("c/host.c"))
	if s.Place == Linux {
		words = append(words, "-ldl")
	}
	return [][]string{words}
}

// crossPascal builds for Windows, where Debian has no units: its own come first.
func crossPascal(s Stage, compiler, target, processor string) [][]string {
	if compiler == "" {
		compiler = fpc386
	}
	source := os.Getenv(fpcSource)
	at := func(folders ...string) (flags []string) {
		for _, f := range folders {
			path := filepath.Join(source, "rtl", f)
			flags = append(flags, "-Fi"+path, "-Fu"+path)
		}
		return flags
	}
	flags := append([]string{compiler, "-n", "-v0", "-l-", "-O2", "-T" + target, "-FU" + s.Built, "-FE" + s.Built},
		at("inc", processor, "win", target, "objpas/sysutils", "objpas/classes", "objpas", "win/wininc", "charmaps")...)
	with := func(more ...string) []string { return append(slices.Clone(flags), more...) }
	return [][]string{
		with("-Us", "-Sg", filepath.Join(source, "rtl", target, "system.pp")),
		with(filepath.Join(source, "rtl/objpas/objpas.pp")),
		with("-o"+s.path("host-pascal.exe"), s.source("pascal/host.pas")),
	}
}

func (s Stage) path(name string) string   { return filepath.Join(s.Built, name) }
func (s Stage) source(name string) string { return filepath.Join(s.Sources, name) }

// native runs a program that was compiled for the place.
func (s Stage) native(name string) []string {
	if s.Place == Linux {
		return []string{s.path(name)}
	}
	return append(slices.Clone(s.Wine), s.path(name+".exe"))
}

// Build builds the host of a caller; ErrMissing names a tool that is not there.
func (s Stage) Build(c Caller) error {
	for _, words := range languages()[c.Host].build[s.Place](s) {
		if err := has(words[0]); err != nil {
			return err
		}
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%w of %s can't be built: %w: %s", ErrHost, c.File, err, bytes.TrimSpace(out))
		}
	}
	return has(languages()[c.Host].run(s)[0])
}

func has(tool string) error {
	if _, err := exec.LookPath(tool); err != nil {
		return fmt.Errorf("%w %s: %w", ErrMissing, tool, err)
	}
	return nil
}

// Command is what runs a caller's host with the library at a path, in an environment.
func (s Stage) Command(c Caller, library string, environ []string) *exec.Cmd {
	words := append(languages()[c.Host].run(s), c.words(s.Path(library))...)
	environ = append(slices.Clone(environ), nodePath+"="+os.Getenv(nodePath))
	if c.Runs.Session != "" {
		words = append([]string{"setsid"}, words...)
		environ = slices.DeleteFunc(environ, func(v string) bool {
			name, _, _ := strings.Cut(v, "=")
			return slices.Contains([]string{"DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XAUTHORITY", "HOME", "USER"}, name)
		})
	}
	command := exec.Command(words[0], words[1:]...)
	command.Env, command.Stderr = environ, os.Stderr
	return command
}

// Path is a file's as programs of the place name it.
func (s Stage) Path(path string) string {
	if s.Place == Linux {
		return path
	}
	return "Z:" + strings.ReplaceAll(path, "/", `\`)
}
