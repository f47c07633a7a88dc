package main

// checkDisplay has nothing to check: Windows has a desktop.
func checkDisplay() error { return nil }

// surviveFullDisks has nothing to do: Windows sends no signal.
func surviveFullDisks() {}
