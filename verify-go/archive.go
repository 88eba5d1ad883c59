package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

type manifest struct {
	Origin         string
	OrganizationID string      `json:"organizationId"`
	Size           json.Number `json:"size"`
}

// checkArchive computes the tree from the entries and holds it against every signed head, proves every entry and every
// earlier size from it, and reads the tiles as a client of a tiled log would.
func checkArchive(path string, keys note.Verifiers, witnesses []string) (string, error) {
	opened, err := openArchive(path)
	if err != nil {
		return "", err
	}
	says, head, err := readHead(opened, keys)
	if err != nil {
		return "", err
	}
	claims, err := readClaims(opened, head, keys, witnesses)
	if err != nil {
		return "", err
	}
	hashes, err := readEntries(opened, says.OrganizationID, head)
	if err != nil {
		return "", err
	}
	if err := checkClaims(append(claims, head), head, hashes); err != nil {
		return "", err
	}
	if err := proveEntries(head, hashes); err != nil {
		return "", err
	}
	if err := checkTiles(opened, head, hashes); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %d entries, %d other checkpoints", head.origin, head.N, len(claims)), nil
}

func readHead(opened *archive, keys note.Verifiers) (says manifest, head checkpoint, err error) {
	text, err := opened.read("manifest.json")
	if err != nil {
		return says, head, err
	}
	if err := json.Unmarshal(text, &says); err != nil {
		return says, head, fmt.Errorf("manifest.json: %w", err)
	}
	text, err = opened.read("checkpoint")
	if err != nil {
		return says, head, err
	}
	head, err = readCheckpoint("checkpoint", text, keys)
	if err != nil {
		return says, head, err
	}
	if head.origin != says.Origin || strconv.FormatInt(head.N, 10) != says.Size.String() {
		return says, head, errors.New("manifest.json says another origin or size than the checkpoint")
	}
	return says, head, nil
}

func readClaims(opened *archive, head checkpoint, keys note.Verifiers, witnesses []string) ([]checkpoint, error) {
	var claims []checkpoint
	add := func(what string, text []byte) error {
		claim, err := readCheckpoint(what, text, keys)
		if err == nil && claim.origin != head.origin {
			err = fmt.Errorf("%s is of another log, %s", what, claim.origin)
		}
		claims = append(claims, claim)
		return err
	}
	for _, name := range opened.namesIn("checkpoints/") {
		text, err := opened.read(name)
		if err != nil {
			return nil, err
		}
		if err := add(name, text); err != nil {
			return nil, err
		}
	}
	for _, name := range witnesses {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, kept := range notesIn(string(text)) {
			if err := add(name, []byte(kept)); err != nil {
				return nil, err
			}
		}
	}
	return claims, nil
}

// storedHashes are all nodes of the tree in the order tlog stores them.
type storedHashes []tlog.Hash

func (s storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index >= int64(len(s)) {
			return nil, fmt.Errorf("there is no hash %d", index)
		}
		found[at] = s[index]
	}
	return found, nil
}

type leaf struct{ OrganizationID, ID string }

func readEntries(opened *archive, organizationID string, head checkpoint) (storedHashes, error) {
	reader, err := opened.open("entries.ndjson")
	if err != nil {
		return nil, err
	}
	var hashes storedHashes
	ids := map[string]bool{}
	lines := bufio.NewReader(reader)
	for index := int64(0); ; index++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			if index != head.N {
				return nil, fmt.Errorf("%d entries were signed, %d are here", head.N, index)
			}
			return hashes, nil
		}
		if err != nil {
			return nil, fmt.Errorf("entries.ndjson: %w", err)
		}
		text, says, err := readEntry(line, index)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", index, err)
		}
		if says.OrganizationID != organizationID {
			return nil, fmt.Errorf("entry %d belongs to organisation %s", index, says.OrganizationID)
		}
		if ids[says.ID] {
			return nil, fmt.Errorf("entry %d is the second of decision %s", index, says.ID)
		}
		ids[says.ID] = true
		more, err := tlog.StoredHashes(index, []byte(text), hashes)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, more...)
	}
}

func readEntry(line []byte, index int64) (text string, says leaf, err error) {
	var entry struct {
		Index json.Number `json:"index"`
		Leaf  string      `json:"leaf"`
	}
	if err := json.Unmarshal(line, &entry); err != nil {
		return "", says, err
	}
	if entry.Index.String() != strconv.FormatInt(index, 10) {
		return "", says, fmt.Errorf("calls itself entry %s", entry.Index)
	}
	return entry.Leaf, says, json.Unmarshal([]byte(entry.Leaf), &says)
}

func checkClaims(claims []checkpoint, head checkpoint, hashes storedHashes) error {
	for _, claim := range claims {
		if claim.N > head.N {
			return fmt.Errorf("%s was signed at size %d, the archive ends at %d", claim.what, claim.N, head.N)
		}
		root, err := tlog.TreeHash(claim.N, hashes)
		if err != nil {
			return err
		}
		if root != claim.Hash {
			return fmt.Errorf("%s (size %d) is not the root of the entries before it", claim.what, claim.N)
		}
		if claim.N == 0 {
			continue // every tree begins with the empty one
		}
		proof, err := tlog.ProveTree(head.N, claim.N, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, head.N, head.Hash, claim.N, claim.Hash); err != nil {
			return fmt.Errorf("%s: %w", claim.what, err)
		}
	}
	return nil
}

func proveEntries(head checkpoint, hashes storedHashes) error {
	for index := range head.N {
		proof, err := tlog.ProveRecord(head.N, index, hashes)
		if err != nil {
			return err
		}
		leaf := hashes[tlog.StoredHashIndex(0, index)]
		if err := tlog.CheckRecord(proof, head.N, head.Hash, index, leaf); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
	}
	return nil
}
