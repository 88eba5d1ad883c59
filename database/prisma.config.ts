import { fileURLToPath } from 'node:url'
import { defineConfig } from 'prisma/config'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// Without this, every Prisma command downloads a native engine first and fails where it cannot.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= here('./tools/schema-engine.mjs')

// Only commands that need a database need an address; format, validate and generate run without one.
const url = process.env.DATABASE_URL

export default defineConfig({
  schema: here('./schema'),
  migrations: { path: here('./migrations') },
  ...(url === undefined ? {} : { datasource: { url } }),
})
