package config

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// fileName is the name of the configuration file unless another is given.
const fileName = "onetrans.toml"

// Options say where the configuration comes from.
type Options struct {
	// Path is the file. If empty: the one that ONETRANS_CONFIG names; else
	// onetrans.toml beside Executable; else onetrans/onetrans.toml in the user's
	// configuration folder; else none.
	Path string
	// Environ is the environment in the form of os.Environ, which nil stands for.
	Environ []string
	// Executable is the program's path; if empty, os.Executable.
	Executable string
}

// Load reads, completes and checks the configuration. Its error is [Problems], all
// of the family [ErrConfig].
func Load(o Options) (Config, error) {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	r := &reader{vars: newVariables(o.Environ), origins: make(map[string]origin)}
	r.config = builtin(r.vars)
	if r.open(o) {
		r.readAll()
		r.checkDriver()
	}
	if len(r.problems) == 0 {
		r.config.forSandbox()
		r.check()
	}
	if len(r.problems) > 0 {
		return Config{}, r.problems.sorted()[:min(len(r.problems), maxProblems)]
	}
	slices.Sort(r.vars.secrets)
	r.config.SecretVariables = slices.Compact(r.vars.secrets)
	return r.config, nil
}

// reader is a configuration that is being read.
type reader struct {
	vars     *variables
	doc      *document   // nil if there is no file
	mode     fs.FileMode // of the file
	config   Config
	origins  map[string]origin // of the keys that were set
	problems Problems
}

// origin is where a key's value comes from.
type origin struct {
	where string
	line  int
}

// say reports what is wrong with a key, at the place of its value.
func (r *reader) say(key string, err error) {
	from, ok := r.origins[key]
	if !ok {
		from.where = r.config.Source
	}
	r.sayAt(from, key, err)
}

func (r *reader) sayAt(from origin, key string, err error) {
	r.problems = append(r.problems, Problem{Where: from.where, Line: from.line, Key: key, Err: err})
}

// open finds and parses the file, if there is one; false if that fails.
func (r *reader) open(o Options) bool {
	path, data, err := r.find(o)
	if err != nil {
		r.sayAt(origin{where: path}, "", err)
		return false
	}
	if path == "" {
		return true
	}
	text, line, err := utf8Text(data)
	if err == nil {
		r.doc, line, err = parse(text)
	}
	if err != nil {
		r.sayAt(origin{path, line}, "", err)
		return false
	}
	r.config.Source = path
	return true
}

// find returns the file and its content. A file that exists and cannot be read is
// an error: to continue without it would be to switch to the sandbox.
func (r *reader) find(o Options) (path string, data []byte, err error) {
	places, named := r.places(o)
	for _, place := range places {
		if path, err = filepath.Abs(place); err == nil {
			data, err = readRegular(path, maxFile, func(mode fs.FileMode) error { r.mode = mode; return nil })
		}
		if !named && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return path, nil, because(ErrFile, "file").after(err)
		}
		return path, data, nil
	}
	return "", nil, nil
}

// fileVariable names the file if no path is given. An empty one is ignored.
const fileVariable = prefix + "CONFIG"

// places are where the file may be; named means that it was named, and then it must
// exist.
func (r *reader) places(o Options) (places []string, named bool) {
	variable, _ := r.vars.lookup(fileVariable)
	if path := cmp.Or(o.Path, variable); path != "" {
		return []string{path}, true
	}
	if o.Executable == "" {
		// Without its own path the program has no folder to look into.
		o.Executable, _ = os.Executable()
	}
	if o.Executable != "" {
		places = append(places, filepath.Join(filepath.Dir(o.Executable), fileName))
	}
	if folder := configFolder(r.vars.lookup); folder != "" {
		places = append(places, filepath.Join(folder, "onetrans", fileName))
	}
	return places, false
}
