import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{server,database,faults,sdk,cli}/**/*.test.ts'],
    globalSetup: 'server/test/support/infrastructure.ts',
    // Two cores: each file brings a server, and PostgreSQL and the chain want to run as well.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
})
