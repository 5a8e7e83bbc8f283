/** Makes the dump of what was collected: in source order, each entry with its place, and what only the text says. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { Refusal } from './refusal.mjs';
import { Sources } from './sources.mjs';

const FORMAT = 'schema_bridge.drizzle';
const VERSION = 1;
const HANGING = ['indexes', 'foreignKeys', 'compositePrimaryKeys', 'uniqueConstraints', 'checkConstraints', 'policies'];
const KINDS = ['schemas', 'enums', 'sequences', 'roles', 'tables', 'views', 'policies'];

export function assemble(collected, { settings, tools, built, base }) {
  const shown = shownFrom(base);
  const sources = new Sources(built.inputs);
  const kept = filtered(collected, settings.keeps);
  refuseNothing(collected, kept, settings, shown);
  const placing = new Placing(sources, shown);
  const kinds = KINDS.map((kind) => [kind, keyed(kind, inOrder(kept[kind].map((entry) => placing.entry(entry, kind))))]);
  const dump = Object.fromEntries(kinds);
  link(dump);
  relate(dump.tables, kept.relations);
  const inputs = [...new Set([...built.inputs, ...settings.configFiles])].sort();
  return {
    format: FORMAT,
    version: VERSION,
    drizzleOrm: tools.version,
    casing: settings.casing,
    files: Object.fromEntries(inputs.map((file) => [shown(file), sha256(file)])),
    leftOut: count(collected) - count(kept),
    stubbed: built.stubs,
    ...dump,
  };
}

/** The place of a refusal as `file:line`, as the dump names files. */
export function placeOf({ at, inputs }, base) {
  if (!at) return null;
  return at.line ? `${shownFrom(base)(at.file)}:${at.line}` : new Placing(new Sources(inputs), shownFrom(base)).of(at, at.property);
}

/** Gives the name that the dump has for a file. */
function shownFrom(base) {
  const known = new Map();
  return (file) => {
    if (!known.has(file)) known.set(file, path.relative(base, file).split(path.sep).join('/'));
    return known.get(file);
  };
}

const sha256 = (file) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');

const count = (found) => found.tables.length + found.views.length;

function filtered(collected, keeps) {
  const kept = KINDS.map((kind) => [kind, collected[kind].filter((each) => kind === 'roles' || keeps(kind, schemaOf(kind, each), each.name))]);
  return { ...collected, ...Object.fromEntries(kept) };
}

const schemaOf = (kind, entry) => (kind === 'schemas' ? entry.name : entry.schema || 'public');

function refuseNothing(collected, kept, settings, shown) {
  if (count(kept)) return;
  const files = settings.files.map(shown).join(', ');
  if (collected.strangers.length) {
    throw new Refusal(`${files}: the tables are not PostgreSQL's (${collected.strangers[0]})`, { hint: 'only drizzle-orm/pg-core can be read' });
  }
  if (count(collected)) throw new Refusal(`${files}: the filters of drizzle.config leave no table`);
  throw new Refusal(`${files}: no table is exported`, { hint: 'a dump holds what the schema files export, as drizzle-kit does' });
}

/** Finds the line of each entry. */
class Placing {
  constructor(sources, shown) {
    Object.assign(this, { sources, shown });
  }

  entry(entry, kind) {
    const declared = this.sources.declaration(entry);
    const at = this.at(declared);
    const rank = declared ? [this.sources.texts.indexOf(declared.text), declared.start] : [Infinity, 0];
    const { file: _, ...rest } = entry;
    const types = kind === 'tables' || kind === 'views' ? this.sources.typesOf(entry.export) : [];
    if (declared && rest.columns) this.inside(rest, declared);
    return { rank, entry: { ...rest, at, types: types.length ? types : undefined } };
  }

  /** The place of an export, or of a property in it. */
  of(place, property) {
    const declared = this.sources.declaration(place);
    const inner = declared && property ? this.sources.property(declared, property) : null;
    return this.at(inner ?? declared);
  }

  at(span) {
    return span ? `${this.shown(span.text.file)}:${span.text.line(span.start)}` : undefined;
  }

  /** Adds their places to what an entry holds. */
  inside(entry, declared) {
    for (const column of Object.values(entry.columns)) this.column(column, declared);
    for (const kind of HANGING) {
      for (const part of Object.values(entry[kind] ?? {})) this.part(part, declared);
    }
  }

  column(column, declared) {
    const span = this.sources.property(declared, column.property);
    if (!span) return;
    const { text, start, end } = span;
    const srid = column.type === 'geometry(point)' && text.option('srid', start, end); // drizzle-orm 0.x forgets it
    if (srid) column.type = `geometry(point,${srid})`;
    column.at = this.at(span);
    column.typescriptType = text.typeArgument(start, end);
  }

  part(part, { text, start, end }) {
    const position = part.name === undefined ? null : text.quoted(part.name, start, end);
    if (position !== null) part.at = this.at({ text, start: position });
  }
}

const inOrder = (ranked) => ranked.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]).map(({ entry }) => entry);

function keyed(kind, entries) {
  const key = { schemas: (e) => e.name, roles: (e) => e.name, policies: (e) => `${e.on}.${e.name}` }[kind] ?? ((e) => `${e.schema || 'public'}.${e.name}`);
  return Object.fromEntries(entries.map((entry) => [key(entry), entry]));
}

/** Puts a policy that is linked to a table of the schema among that table's own. */
function link(dump) {
  for (const [key, { schema, on, export: _, ...policy }] of Object.entries(dump.policies)) {
    const table = dump.tables[`${schema}.${on.slice(schema.length + 4, -1)}`];
    if (!table) continue;
    if (policy.name in table.policies) throw new Refusal(`table ${table.name} has two policies called ${policy.name}`);
    table.policies[policy.name] = policy;
    delete dump.policies[key];
  }
}

/** Puts each relation under the table that it starts from. */
function relate(tables, relations) {
  for (const { table, ...relation } of relations) {
    if (tables[table]) (tables[table].relations ??= []).push(relation);
  }
}
