package main

import (
	"os"
	"testing"
)

func TestTheDiagramsAreThoseOfTheTables(t *testing.T) {
	page, err := os.ReadFile("../../.github/docs/flows.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != flows() {
		t.Error("flows.md is out of date: run make docs")
	}
}
