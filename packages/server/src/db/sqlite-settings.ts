// What each kind of connection to a SQLite file is set to.
import { WRITER_LIMITS } from './sqlite-writer.ts'

// Readers do not wait for a writer; the timeout is for the rare moments of recovery, which are short.
export const READING = `
  pragma busy_timeout = 5000;
  pragma cache_size = -65536;
  pragma mmap_size = 0;
  pragma temp_store = memory;
`

// FULL syncs the log at each commit. The default of a WAL database may be NORMAL, which loses commits in a power cut.
// Secure deletion writes zeros over what is removed, so that what erasure takes back cannot be read in the file.
export const WRITING = `
  pragma synchronous = full;
  pragma secure_delete = on;
  pragma foreign_keys = on;
  pragma journal_size_limit = 67108864;
  pragma cache_size = -65536;
  pragma mmap_size = 0;
  pragma temp_store = memory;
`

// A large work touches as many pages as it has rows, four times over: what it has changed stays in memory until its commit. The log
// is as long as it may stay before it is written back, and is not cut when it has been: the next work is as large.
export const WRITING_ASIDE = `
  pragma busy_timeout = ${WRITER_LIMITS.busyMs};
  ${WRITING}
  pragma cache_size = -262144;
  pragma wal_autocheckpoint = 65536;
  pragma journal_size_limit = 536870912;
`
