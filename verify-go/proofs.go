package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/tlog"
)

// proof is one line of a file of proofs; From says that it is one of consistency, otherwise it is one of inclusion.
type proof struct {
	Size     int64
	Root     tlog.Hash
	Proof    []tlog.Hash
	Index    int64
	LeafHash tlog.Hash
	From     int64
	FromRoot tlog.Hash
	// Whether it should hold: a file has forged ones too.
	Holds bool
}

// checkProofs checks a file of proofs, one a line, and fails at the first that does not hold or fail as its line says.
func checkProofs(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	lines := bufio.NewScanner(file)
	count := 0
	for ; lines.Scan(); count++ {
		var one proof
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return "", fmt.Errorf("line %d: %w", count+1, err)
		}
		err := one.check()
		if (err == nil) != one.Holds {
			return "", fmt.Errorf("line %d should hold: %t; %v", count+1, one.Holds, err)
		}
	}
	return fmt.Sprintf("%d proofs", count), lines.Err()
}

func (p proof) check() error {
	if p.From > 0 {
		return tlog.CheckTree(p.Proof, p.Size, p.Root, p.From, p.FromRoot)
	}
	return tlog.CheckRecord(p.Proof, p.Size, p.Root, p.Index, p.LeafHash)
}
