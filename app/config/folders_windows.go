package config

import (
	"io/fs"
	"path/filepath"
	"strings"
)

// configFolder and dataFolder are the user's; empty if Windows names none.
func configFolder(lookup func(string) (string, bool)) string { return folder(lookup, "APPDATA") }

func dataFolder(lookup func(string) (string, bool)) string { return folder(lookup, "LOCALAPPDATA") }

func folder(lookup func(string) (string, bool), name string) string {
	if folder, _ := lookup(name); filepath.IsAbs(folder) {
		return folder
	}
	return ""
}

// variableCase folds a name: variables are not case-sensitive on Windows.
func variableCase(name string) string { return strings.ToUpper(name) }

// openToAll is never known: the mode that Go reports says nothing about the access
// list.
func openToAll(fs.FileMode) bool { return false }

// logBeside is where the log is if no file is named: a program with windows has no
// standard error that anybody keeps.
func logBeside(journal string) string {
	return filepath.Join(filepath.Dir(journal), "onetrans.log")
}
