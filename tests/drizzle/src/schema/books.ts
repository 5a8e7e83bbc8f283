import { relations } from 'drizzle-orm';
import { index, integer, jsonb, numeric, pgEnum, pgSchema, pgTable, text } from 'drizzle-orm/pg-core';

import { timestamps } from '@/columns';
import { writers } from './authors';

export const genre = pgEnum('genre', ['novel', 'poetry']);
export const stock = pgSchema('stock');

export const books = pgTable(
  'books',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    writerId: integer()
      .notNull()
      .references(() => writers.id, { onDelete: 'cascade' }),
    title: text().notNull(), // as printed: 'The "Title"'
    genre: genre().notNull().default('novel'),
    price: numeric({ precision: 6, scale: 2 }),
    metadata: jsonb().$type<{ pages: number; tags: Array<string> }>().notNull().default({ pages: 0, tags: [] }),
    ...timestamps,
  },
  (t) => [index().on(t.writerId, t.createdAt.desc())],
);

export const shelves = stock.table('shelves', {
  bookId: integer().primaryKey().references(() => books.id),
  roomNumber: text(),
});

export const writersRelations = relations(writers, ({ many }) => ({ books: many(books) }));
export const booksRelations = relations(books, ({ one }) => ({
  writer: one(writers, { fields: [books.writerId], references: [writers.id] }),
}));
