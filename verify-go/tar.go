package main

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
)

// archive is an uncompressed tar, read here and there.
type archive struct {
	file    *os.File
	extents map[string]extent
}

type extent struct{ at, length int64 }

func openArchive(path string) (*archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	opened := &archive{file, map[string]extent{}}
	for reader := tar.NewReader(file); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return opened, nil
		}
		if err != nil {
			return nil, err
		}
		if header.Typeflag == tar.TypeDir {
			continue
		}
		if _, isThere := opened.extents[header.Name]; isThere {
			return nil, fmt.Errorf("the archive holds %s twice", header.Name)
		}
		at, err := file.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		opened.extents[header.Name] = extent{at, header.Size}
	}
}

func (a *archive) open(name string) (io.Reader, error) {
	found, isThere := a.extents[name]
	if !isThere {
		return nil, fmt.Errorf("the archive has no %s", name)
	}
	return io.NewSectionReader(a.file, found.at, found.length), nil
}

func (a *archive) read(name string) ([]byte, error) {
	reader, err := a.open(name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}

func (a *archive) namesIn(folder string) []string {
	var names []string
	for name := range a.extents {
		if strings.HasPrefix(name, folder) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}
