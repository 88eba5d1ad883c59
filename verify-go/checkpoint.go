package main

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// What tlog.ParseTree wants to read in the place of a checkpoint's origin.
const treeHeader = "go.sum database tree\n"

type checkpoint struct {
	what   string
	origin string
	tlog.Tree
}

// readCheckpoint opens a note and reads its text; it must be signed by a key that bears the log's name.
func readCheckpoint(what string, text []byte, keys note.Verifiers) (checkpoint, error) {
	opened, err := note.Open(text, keys)
	if err != nil {
		return checkpoint{}, fmt.Errorf("%s: %w", what, err)
	}
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	for _, signature := range opened.Sigs {
		if signature.Name != origin {
			return checkpoint{}, fmt.Errorf("%s: is of %s, but signed by %s", what, origin, signature.Name)
		}
	}
	tree, err := tlog.ParseTree([]byte(treeHeader + rest))
	if err != nil {
		return checkpoint{}, fmt.Errorf("%s: %w", what, err)
	}
	return checkpoint{what, origin, tree}, nil
}

// notesIn takes apart notes that follow each other; a note ends where its signature lines end.
func notesIn(text string) []string {
	var notes []string
	begun := ""
	isSigned := false
	for line := range strings.Lines(text) {
		isSignature := strings.HasPrefix(line, "— ")
		if isSigned && !isSignature {
			notes = append(notes, begun)
			begun = ""
		}
		isSigned = isSignature
		if begun != "" || line != "\n" {
			begun += line
		}
	}
	if begun != "" {
		notes = append(notes, begun)
	}
	return notes
}
