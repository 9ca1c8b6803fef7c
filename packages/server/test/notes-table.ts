// One small table of their own for the suites about the database itself, so that they do not depend on the product's schema.
import { sql, type Kysely } from 'kysely'
import type { Db } from '../src/db/database.ts'
import type { Migrations } from '../src/db/migrate.ts'

export interface NotesSchema {
  notes: { id: string; author: string; text: string | null; likes: number; parent_id: string | null }
}

export const notesMigrations: Migrations = {
  '0001-notes': () => ({
    async up(db) {
      await db.schema
        .createTable('notes')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('author', 'text', (c) => c.notNull())
        .addColumn('text', 'text')
        .addColumn('likes', 'bigint', (c) => c.notNull())
        .addColumn('parent_id', 'text', (c) => c.references('notes.id'))
        .addUniqueConstraint('notes_author_text', ['author', 'text'])
        .execute()
      await sql`create unique index notes_lower_text on notes (lower(text))`.execute(db)
    },
  }),
}

/** The handle as one on the notes. */
export function notes(db: Db): Kysely<NotesSchema> {
  return db as unknown as Kysely<NotesSchema>
}

export async function insertNote(db: Db, id: string, values: Partial<NotesSchema['notes']> = {}): Promise<void> {
  const note = { id, author: 'ann', text: id, likes: 0, parent_id: null, ...values }
  await notes(db).insertInto('notes').values(note).execute()
}

export async function noteIds(db: Db): Promise<string[]> {
  const rows = await notes(db).selectFrom('notes').select('id').orderBy('id').execute()
  return rows.map(({ id }) => id)
}
