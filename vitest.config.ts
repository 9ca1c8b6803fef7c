import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Tests run the sources of our own packages, not their last build.
  resolve: { conditions: ['narthex-source'] },
  ssr: { resolve: { conditions: ['narthex-source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'e2e/**/*.test.ts'],
    globalSetup: ['packages/server/test/postgres-server.ts'],
    // One more than there would be: the databases answer while the tests of a file wait for them.
    maxWorkers: '100%',
    // Real databases and real processes: a slow machine is not a failure, a hang is.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000, interval: 20 } },
  },
})
