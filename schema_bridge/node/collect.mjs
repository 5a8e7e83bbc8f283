/**
 * Runs inside the bundle, beside the project's own drizzle-orm: what a schema exports becomes the entries of a dump.
 *
 * The entries are those of drizzle-kit's snapshots (version 7), with what drizzle-kit leaves out.
 */

const KIND = Symbol.for('drizzle:entityKind');
const SCHEMA = Symbol.for('drizzle:Schema');
const MODES = /^Pg(Timestamp|Date|BigInt|BigSerial|Numeric|Point|Line|Geometry)/;
const SHAPES = { PgPointTuple: 'tuple', PgPointObject: 'xy', PgLine: 'tuple', PgLineABC: 'abc', PgGeometry: 'tuple', PgGeometryObject: 'xy' };

/** The kind that drizzle-orm gives a value; views are Proxies, whose `constructor` lies. */
const kindOf = (value) => Object.getPrototypeOf(value)?.constructor?.[KIND];

/** Lists of entries by kind; each has the `export` and the `file` that it came from. */
export function collect(modules, orm, settings) {
  return new Collector(orm, settings).all(modules);
}

class Collector {
  constructor({ core, pg, relational }, settings) {
    Object.assign(this, { core, pg, relational, settings });
    this.dialect = new pg.PgDialect(settings.casing ? { casing: settings.casing } : undefined);
    this.found = { schemas: [], enums: [], sequences: [], roles: [], tables: [], views: [], policies: [], relations: [] };
    this.found.strangers = [];
  }

  all(modules) {
    const seen = new Set();
    const related = {};
    for (const [file, module] of modules) {
      for (const [name, value] of Object.entries(module)) {
        if (value === null || !['object', 'function'].includes(typeof value) || seen.has(value)) continue;
        seen.add(value);
        this.take(value, { export: name, file }, related);
      }
    }
    this.legacyRelations(related);
    return this.found;
  }

  /** Files a value under its kind; what is no part of a schema is passed over. */
  take(value, from, related) {
    const { found, pg } = this;
    const kind = kindOf(value);
    if (pg.isPgEnum(value)) found.enums.push({ ...from, name: value.enumName, schema: value.schema ?? 'public', values: value.enumValues });
    else if (typeof value === 'function') return;
    else if (kind === 'PgTable') {
      found.tables.push(this.placed(from, null, () => this.table(value, from)));
      related[from.export] = value;
    } else if (kind === 'Relations') related[from.export] = value;
    else if (kind === 'PgSchema') found.schemas.push({ ...from, name: value.schemaName });
    else if (kind === 'PgView' || kind === 'PgMaterializedView') found.views.push(this.placed(from, null, () => this.view(value, kind, from)));
    else if (kind === 'PgRole') found.roles.push({ ...from, ...role(value) });
    else if (kind === 'PgPolicy') found.policies.push(this.placed(from, null, () => this.linked(value, from)));
    else if (pg.isPgSequence?.(value)) found.sequences.push({ ...from, name: value.seqName, schema: value.schema ?? 'public', ...counting(value.seqOptions) });
    else if (/Table$/.test(kind ?? '')) found.strangers.push(kind);
    else if (!kind) this.definedRelations(value);
  }

  /** Does something for a place; an error in it names the export (and the column) that it comes from. */
  placed(from, property, make) {
    try {
      return make();
    } catch (error) {
      if (error.refusal) throw error;
      const what = [from.export, property].filter(Boolean).join('.');
      throw Object.assign(error, { refusal: `${what}: ${error.message}`, at: { ...from, property } });
    }
  }

  /** The text of an `sql` fragment, with its parameters written in. */
  text(fragment, source) {
    try {
      return this.dialect.sqlToQuery(fragment.inlineParams?.() ?? fragment, source).sql;
    } catch (error) {
      throw new Error(`an sql fragment cannot be written out (${error.message}); sql.raw() can state a value of any kind`);
    }
  }

  isSql(value) {
    return this.core.is(value, this.core.SQL);
  }

  columnName(column) {
    const { casing } = this.dialect;
    if (!column.keyAsName || !casing?.getColumnCasing) return column.name;
    return column.table ? casing.getColumnCasing(column) : casing.convert(column.name); // columns of an index have no table
  }

  names(columns) {
    return columns.map((column) => this.columnName(column));
  }

  // Tables

  table(value, from) {
    const config = this.pg.getTableConfig(value);
    const columns = Object.entries(this.core.getTableColumns(value)).map(([property, column]) =>
      this.placed(from, property, () => this.column(property, column, config)));
    return {
      ...from,
      name: config.name,
      schema: config.schema ?? '',
      columns: keyed(columns),
      indexes: keyed(config.indexes.map((index) => this.index(index.config, config.name))),
      foreignKeys: keyed(config.foreignKeys.map((key) => this.foreignKey(key, config.name))),
      compositePrimaryKeys: keyed(config.primaryKeys.map((key) => ({ name: this.keyName(key, config.name), columns: this.names(key.columns) }))),
      uniqueConstraints: keyed([
        ...config.columns.filter((column) => column.isUnique).map((column) => this.uniqueOf(column, config.name)),
        ...config.uniqueConstraints.map((unique) => this.unique(unique, config.name)),
      ]),
      checkConstraints: keyed(config.checks.map((check) => ({ name: check.name, value: this.text(check.value) }))),
      policies: keyed((config.policies ?? []).map((each) => this.policy(each))),
      isRLSEnabled: Boolean(config.enableRLS),
    };
  }

  column(property, column, table) {
    const name = this.columnName(column);
    const base = innermost(column);
    const enumeration = base.enum ?? base.config?.enum;
    return {
      property,
      name,
      ...this.typeOf(column, base),
      primaryKey: column.primary,
      notNull: column.notNull,
      default: column.default === undefined ? undefined : this.default(column),
      generated: column.generated && { as: this.generated(column.generated.as), type: column.generated.mode ?? 'stored' },
      identity: column.generatedIdentity && this.identity(column.generatedIdentity, table, name),
      values: enumeration?.enumName ? undefined : nonEmpty(base.enumValues),
      clientDefault: Boolean(column.defaultFn) || undefined,
      onUpdate: Boolean(column.onUpdateFn) || undefined,
      mode: modeOf(base),
      dataType: base.dataType,
    };
  }

  typeOf(column, base) {
    const enumeration = base.enum ?? base.config?.enum;
    const arrays = column.baseColumn || /^Pg\w*Vector$/.test(column.columnType) ? 0 : (column.dimensions ?? 0);
    return {
      type: known(column.getSQLType(), 'its type') + '[]'.repeat(arrays), // 1.0 keeps the dimensions of an array beside its type
      typeSchema: enumeration?.enumName ? (enumeration.schema ?? 'public') : undefined,
    };
  }

  generated(as) {
    const value = typeof as === 'function' ? as() : as;
    return this.isSql(value) ? this.text(value) : String(value);
  }

  identity({ type, sequenceName, sequenceOptions }, table, column) {
    const name = sequenceName ?? `${table.name}_${column}_seq`;
    return { type, name, schema: table.schema ?? 'public', ...counting(sequenceOptions) };
  }

  /** In 1.0 a name that nobody gave is left to those who read. */
  uniqueOf(column, table) {
    const unnamed = this.settings.major && !column.uniqueName ? undefined : `${table}_${column.name}_unique`;
    return { name: column.uniqueName ?? unnamed, columns: this.names([column]), nullsNotDistinct: column.uniqueType === 'not distinct' };
  }

  /** A default as SQL text, or as the plain value where that says it. */
  default(column) {
    const value = column.default;
    const type = column.getSQLType();
    if (this.isSql(value)) return this.text(value);
    if (/^jsonb?$/.test(type) && !(typeof value === 'string' && isJson(value))) return `${quoted(JSON.stringify(value))}::${type}`;
    if (typeof value === 'string') return quoted(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value === 'function') return known(undefined, 'its default');
    if (value instanceof Date) return quoted(dated(value, type));
    if (value instanceof Uint8Array) return quoted(`\\x${Buffer.from(value).toString('hex')}`);
    return JSON.parse(JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? String(item) : item)));
  }

  // What hangs on tables

  index({ name, columns, unique, method, using, where, order, nulls, concurrently, with: options }, table) {
    const unnamed = `${table}_${columns.map((column) => (this.isSql(column) ? 'expr' : this.columnName(column))).join('_')}_index`;
    return {
      name: name ?? unnamed,
      columns: columns.map((column) => this.part(column, { order, nulls })),
      isUnique: unique,
      where: where && this.text(where),
      concurrently: Boolean(concurrently),
      method: method ?? (typeof using === 'string' ? using : 'btree'),
      with: options ?? {},
    };
  }

  /** An element of an index; before 0.31 the order was that of the whole index. */
  part(column, whole) {
    if (this.isSql(column)) return { expression: this.text(column, 'indexes'), isExpression: true, asc: true, nulls: 'last' };
    const config = column.indexConfig ?? whole;
    const asc = config.order !== 'desc';
    return { expression: this.columnName(column), isExpression: false, asc, nulls: config.nulls ?? undefined, opclass: config.opClass ?? undefined };
  }

  foreignKey(key, table) {
    const { name, columns, foreignColumns, foreignTable } = key.reference();
    const chain = [table, ...columns.map((c) => c.name), this.core.getTableName(foreignTable), ...foreignColumns.map((c) => c.name), 'fk'];
    const unnamed = this.settings.major ? undefined : this.cased(chain.join('_'), [...columns, ...foreignColumns]);
    return {
      name: name ?? unnamed,
      tableFrom: table,
      tableTo: known(this.core.getTableName(foreignTable), 'the table it refers to'),
      schemaTo: foreignTable[SCHEMA] ?? undefined,
      columnsFrom: this.names(columns),
      columnsTo: this.names(foreignColumns),
      onDelete: key.onDelete ?? 'no action',
      onUpdate: key.onUpdate ?? 'no action',
    };
  }

  keyName(key, table) {
    if (key.name) return this.cased(key.name, key.columns);
    if (this.settings.major) return `${table}_pkey`;
    return this.cased(key.getName(), key.columns);
  }

  unique(unique, table) {
    const columns = this.names(unique.columns);
    return { name: unique.name ?? `${table}_${columns.join('_')}_unique`, columns, nullsNotDistinct: Boolean(unique.nullsNotDistinct) };
  }

  /** drizzle-kit puts the cased name of a column in the place where its own stands first in a key's name. */
  cased(name, columns) {
    if (!this.settings.casing) return name;
    return columns.reduce((text, column) => text.replace(column.name, this.columnName(column)), name);
  }

  policy(value) {
    return {
      name: value.name,
      as: (value.as ?? 'permissive').toUpperCase(),
      for: (value.for ?? 'all').toUpperCase(),
      to: roleNames(value.to),
      using: value.using && this.text(value.using),
      withCheck: value.withCheck && this.text(value.withCheck),
    };
  }

  linked(value, from) {
    if (!value._linkedTable) throw new Error('this policy is linked to no table: put it into one, or add .link(table)');
    const config = this.pg.getTableConfig(value._linkedTable);
    const schema = config.schema ?? 'public';
    return { ...from, ...this.policy(value), schema, on: `"${schema}"."${config.name}"` };
  }

  // Views

  view(value, kind, from) {
    const config = kind === 'PgView' ? this.pg.getViewConfig(value) : this.pg.getMaterializedViewConfig(value);
    const schema = config.schema ?? 'public';
    const columns = Object.entries(config.selectedFields ?? {}).filter(([, field]) => this.core.is(field, this.core.Column));
    return {
      ...from,
      name: config.name,
      schema,
      columns: keyed(columns.map(([property, column]) => this.viewColumn(property, column))),
      definition: config.isExisting ? undefined : this.text(config.query),
      materialized: kind !== 'PgView',
      isExisting: Boolean(config.isExisting),
      with: config.with ?? {},
      withNoData: Boolean(config.withNoData),
      using: config.using ?? undefined,
      tablespace: config.tablespace ?? undefined,
    };
  }

  viewColumn(property, column) {
    const base = innermost(column);
    const named = { property, name: this.columnName(column), ...this.typeOf(column, base), notNull: column.notNull };
    return { ...named, mode: modeOf(base), dataType: base.dataType };
  }

  // Relations

  /** What `relations()` states; `related` holds tables and relations by their export names. */
  legacyRelations(related) {
    const { extractTablesRelationalConfig, createTableRelationsHelpers } = this.relational;
    const isRelated = Object.values(related).some((value) => kindOf(value) === 'Relations');
    if (!extractTablesRelationalConfig || !isRelated) return;
    const { tables } = extractTablesRelationalConfig(related, createTableRelationsHelpers);
    for (const relation of Object.values(tables).flatMap((table) => Object.values(table.relations))) {
      this.found.relations.push({
        ...this.joined(relation.sourceTable, relation.referencedTable),
        property: relation.fieldName,
        many: kindOf(relation) === 'Many',
        columns: this.names(relation.config?.fields ?? []),
        references: this.names(relation.config?.references ?? []),
        relationName: relation.relationName ?? relation.config?.relationName,
      });
    }
  }

  /** What `defineRelations()` of 1.0 states: an object of tables with their relations. */
  definedRelations(value) {
    for (const table of Object.values(value)) {
      for (const [property, relation] of Object.entries(table?.table && table.relations ? table.relations : {})) {
        this.found.relations.push({
          ...this.joined(relation.sourceTable, relation.targetTable),
          property,
          many: relation.relationType === 'many',
          columns: this.names((relation.sourceColumns ?? []).map((each) => each._.column)),
          references: this.names((relation.targetColumns ?? []).map((each) => each._.column)),
          relationName: relation.alias ?? undefined,
        });
      }
    }
  }

  joined(source, target) {
    const key = (table) => `${table[SCHEMA] ?? 'public'}.${this.core.getTableName(table)}`;
    return { table: key(source), target: key(target) };
  }
}

/** What stands for the name of a key that has none. */
const unnamed = (entry) => [...(entry.columnsFrom ?? []), entry.tableTo, ...(entry.columnsTo ?? entry.columns)].filter(Boolean).join('_');

/** Entries by their names; two of one name would be one in the database too. */
function keyed(entries) {
  const named = Object.create(null); // a name may be `__proto__`
  for (const entry of entries) {
    const name = entry.name ?? unnamed(entry);
    if (name in named) throw new Error(`two of its parts are called ${name}`);
    named[name] = entry;
  }
  return named;
}

function known(text, what) {
  if (typeof text !== 'string') throw new Error(`${what} cannot be known: it comes from a package that is not installed here`);
  return text;
}

const nonEmpty = (values) => (values?.length ? values : undefined);

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

const innermost = (column) => (column.baseColumn ? innermost(column.baseColumn) : column);

const roleNames = (to) => (to ? [to].flat().map((each) => (typeof each === 'string' ? each : each.name)).sort() : ['public']);

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function dated(value, type) {
  const text = value.toISOString();
  if (type === 'date') return text.slice(0, 10);
  return /^timestamp( \(\d\))?$/.test(type) ? text.replace('T', ' ').slice(0, 23) : text;
}

/** How a sequence counts, as drizzle-kit has it: numbers as text. */
function counting(options = {}) {
  const numbers = Object.entries(options).filter(([name, value]) => name !== 'cycle' && name !== 'name' && value !== undefined);
  return { ...Object.fromEntries(numbers.map(([name, value]) => [name, String(value)])), cycle: Boolean(options.cycle) };
}

/** `{ mode: … }` of a column, where its kind has modes. */
function modeOf(column) {
  if (!MODES.test(column.columnType)) return undefined;
  return SHAPES[column.columnType] ?? /date|bigint|number|string/.exec(column.dataType)?.[0];
}

function role(value) {
  const { name, createDb, createRole, inherit, _existing } = value;
  return { name, createDb: Boolean(createDb), createRole: Boolean(createRole), inherit: inherit ?? true, existing: Boolean(_existing) };
}
