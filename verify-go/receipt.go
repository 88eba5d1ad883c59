package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// checkReceipt reads a c2sp.org/tlog-proof@v1 and checks that it leads from the leaf to the signed root.
func checkReceipt(path, leafPath string, keys note.Verifiers) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	leaf, err := os.ReadFile(leafPath)
	if err != nil {
		return "", err
	}
	proven, signed, isWhole := strings.Cut(string(text), "\n\n")
	lines := strings.Split(proven, "\n")
	if !isWhole || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("not a tlog-proof@v1")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return "", errors.New("the receipt says no index")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	proof, err := parseHashes(lines[1:])
	if err != nil {
		return "", err
	}
	head, err := readCheckpoint("the receipt's checkpoint", []byte(signed), keys)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckRecord(proof, head.N, head.Hash, index, tlog.RecordHash(leaf)); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: entry %d of %d", head.origin, index, head.N), nil
}

func parseHashes(texts []string) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(texts))
	for at, text := range texts {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return nil, err
		}
		hashes[at] = hash
	}
	return hashes, nil
}
