//go:build !linux

package main

import "os"

// noCoreDumps has nothing to do: dumps are off unless somebody turns them on.
func noCoreDumps() {}

// hideInput hides nothing: what is typed is shown.
func hideInput(*os.File) (shown func(), hidden bool) { return func() {}, false }
