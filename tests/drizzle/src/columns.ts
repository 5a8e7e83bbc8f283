import { timestamp } from 'drizzle-orm/pg-core';

/** On every table. */
export const timestamps = {
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp({ withTimezone: true, mode: 'string' }).$onUpdate(() => new Date().toISOString()),
};
