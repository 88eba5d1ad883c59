package main

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// archivedTiles is a tlog.TileReader over the archive. tlog-tiles fixes the height that Go's paths name first.
type archivedTiles struct{ *archive }

func (archivedTiles) Height() int { return tileHeight }

func (archivedTiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (a archivedTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, len(tiles))
	for at, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
		bytes, err := a.read(path)
		if err != nil {
			return nil, err
		}
		if len(bytes) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s has %d bytes", path, len(bytes))
		}
		read[at] = bytes
	}
	return read, nil
}

// checkTiles reads every leaf hash from the tiles, which tlog authenticates against the signed root on the way. The
// tiles above are read as the parents of those below.
func checkTiles(opened *archive, head checkpoint, hashes storedHashes) error {
	const width = 1 << tileHeight
	reader := tlog.TileHashReader(head.Tree, archivedTiles{opened})
	for from := int64(0); from < head.N; from += width {
		var indexes []int64
		for index := from; index < min(from+width, head.N); index++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, index))
		}
		found, err := reader.ReadHashes(indexes)
		if err != nil {
			return fmt.Errorf("tiles: %w", err)
		}
		for at, index := range indexes {
			if found[at] != hashes[index] {
				return fmt.Errorf("entry %d is not the one in the tiles", from+int64(at))
			}
		}
	}
	return nil
}
