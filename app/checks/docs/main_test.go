package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestThePagesAreThoseOfTheCode(t *testing.T) {
	for name, want := range pages() {
		page, err := os.ReadFile(filepath.Join("../../../.github/docs", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(page) != want {
			t.Errorf("%s is out of date: run make docs", name)
		}
	}
}
