import { sql } from 'drizzle-orm';
import { check, integer, pgTable, pgView, text, varchar } from 'drizzle-orm/pg-core';

import { timestamps } from '@/columns';

export const writers = pgTable(
  'authors',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    fullName: varchar({ length: 120 }).notNull().unique(),
    kind: text({ enum: ['poet', 'novelist'] }).notNull().default('novelist'),
    ...timestamps,
  },
  (t) => [check('authors_named', sql`${t.fullName} <> ''`)],
);

export const poets = pgView('poets').as((qb) => qb.select({ id: writers.id }).from(writers).where(sql`${writers.kind} = ${'poet'}`));

export const legacyWriters = pgTable('legacy_writers', { id: integer() });

export type Writer = typeof writers.$inferSelect;
export type NewWriter = typeof writers.$inferInsert;
