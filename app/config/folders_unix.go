//go:build unix

package config

import (
	"io/fs"
	"path/filepath"
)

// configFolder and dataFolder are the user's, by the XDG base directory
// specification: relative values are ignored. They are empty without a home folder.
func configFolder(lookup func(string) (string, bool)) string {
	return xdg(lookup, "XDG_CONFIG_HOME", ".config")
}

func dataFolder(lookup func(string) (string, bool)) string {
	return xdg(lookup, "XDG_DATA_HOME", ".local/share")
}

func xdg(lookup func(string) (string, bool), name, below string) string {
	if folder, _ := lookup(name); filepath.IsAbs(folder) {
		return folder
	}
	if home, _ := lookup("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, below)
	}
	return ""
}

// variableCase is the name unchanged: variables are case-sensitive.
func variableCase(name string) string { return name }

// openToAll reports whether everybody on the machine may read or write the file.
func openToAll(mode fs.FileMode) bool { return mode.Perm()&0o006 != 0 }

// logBeside is where the log is if no file is named: the system keeps standard error.
func logBeside(string) string { return "" }
