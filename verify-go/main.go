// Command verify-go checks an organisation's log with the software of Go's checksum database, which shares no line with
// Wedi: golang.org/x/mod/sumdb/note reads what was signed, golang.org/x/mod/sumdb/tlog computes the tree.
//
//	verify-go archive -key VKEY [-witness FILE] ARCHIVE
//	verify-go receipt -key VKEY -leaf FILE RECEIPT
//	verify-go proofs FILE
//
// It exits with 0 when everything holds, 1 when something does not and 2 when it was called wrongly.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

type texts []string

func (t *texts) String() string        { return strings.Join(*t, " ") }
func (t *texts) Set(text string) error { *t = append(*t, text); return nil }

func main() {
	if len(os.Args) < 2 {
		misuse("one of archive, receipt, proofs is needed")
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	var keys, witnesses texts
	flags.Var(&keys, "key", "verifier key of the log; may be given more than once")
	flags.Var(&witnesses, "witness", "file of checkpoints that somebody else kept")
	leaf := flags.String("leaf", "", "file with the exact text of the leaf")
	flags.Parse(os.Args[2:])
	if flags.NArg() != 1 {
		misuse("one file is needed")
	}
	var said string
	var err error
	switch os.Args[1] {
	case "archive":
		said, err = checkArchive(flags.Arg(0), verifiersOf(keys), witnesses)
	case "receipt":
		said, err = checkReceipt(flags.Arg(0), *leaf, verifiersOf(keys))
	case "proofs":
		said, err = checkProofs(flags.Arg(0))
	default:
		misuse("unknown command " + os.Args[1])
	}
	if err != nil {
		fmt.Println("FAILED ", err)
		os.Exit(1)
	}
	fmt.Println("ok ", said)
}

func misuse(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(2)
}

func verifiersOf(keys []string) note.Verifiers {
	var verifiers []note.Verifier
	for _, key := range keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			misuse(fmt.Sprintf("%v: %s", err, key))
		}
		verifiers = append(verifiers, verifier)
	}
	if len(verifiers) == 0 {
		misuse("-key is needed")
	}
	return note.VerifierList(verifiers...)
}
