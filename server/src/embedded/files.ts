import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file as a whole: after a crash at any moment either the old or the new text is there. Mode 0600. */
export function replaceFile(path: string, text: string): void {
  const temporary = writeBeside(path, text)
  renameSync(temporary, path)
  syncDirectory(dirname(path))
}

/** Like `replaceFile`, but throws EEXIST when the file is there already. */
export function createFile(path: string, text: string): void {
  const temporary = writeBeside(path, text)
  try {
    linkSync(temporary, path)
  } finally {
    rmSync(temporary, { force: true })
  }
  syncDirectory(dirname(path))
}

function writeBeside(path: string, text: string): string {
  const temporary = `${path}.${process.pid}.tmp`
  rmSync(temporary, { force: true })
  const file = openSync(temporary, 'wx', 0o600)
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return temporary
}

/** A rename or link is kept through a power failure only when its directory has been written out too. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
