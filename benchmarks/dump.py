"""How long a dump takes beside a bare esbuild-and-run of the same schema: `python benchmarks/dump.py PROJECT [--tables N]`.

PROJECT is a folder whose `node_modules` hold drizzle-orm and esbuild (`npm ci --prefix tests/drizzle` makes one). CPU time
of all processes, the best of several runs.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HEAD = """\
import { sql } from 'drizzle-orm';
import { bigint, check, index, jsonb, numeric, pgPolicy, pgTable, text, timestamp, unique, uuid, varchar } from
  'drizzle-orm/pg-core';
"""
TABLE = """
export const item{n} = pgTable('item_{n}', {{
  id: bigint('id', {{ mode: 'number' }}).primaryKey().generatedAlwaysAsIdentity(),
  parentId: bigint('parent_id', {{ mode: 'number' }}).references((): any => item{parent}.id, {{ onDelete: 'cascade' }}),
  ownerId: uuid('owner_id').notNull().defaultRandom(),
  code: varchar('code', {{ length: 40 }}).notNull(),
  status: text('status', {{ enum: ['new', 'running', 'done', 'failed'] }}).notNull().default('new'),
  amount: numeric('amount', {{ precision: 12, scale: 2 }}).notNull().default('0'),
  labels: text('labels').array().notNull().default([]),
  payload: jsonb('payload').notNull().default({{}}),
  createdAt: timestamp('created_at', {{ withTimezone: true }}).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', {{ withTimezone: true }}),
}}, (t) => [
  unique('item_{n}_code_once').on(t.ownerId, t.code),
  check('item_{n}_amount', sql`${{t.amount}} >= 0 AND ${{t.amount}} <= 1000000`),
  index('item_{n}_created').on(t.createdAt.desc()).where(sql`${{t.status}} <> 'done'`),
  index('item_{n}_code_lower').on(sql`lower(${{t.code}})`),
  pgPolicy('item {n} own', {{ using: sql`owner_id = current_setting('app.user')::uuid` }}),
]);
"""
BARE = """\
import { build } from 'esbuild';
import { Buffer } from 'node:buffer';
const built = await build({ entryPoints: [process.argv[2]], bundle: true, write: false, format: 'esm',
  platform: 'node', logLevel: 'error' });
const code = Buffer.from(built.outputFiles[0].contents).toString('base64');
const schema = await import(`data:text/javascript;base64,${code}`);
console.log(Object.keys(schema).length);
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--tables", type=int, default=300)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "node_modules").symlink_to(options.project.resolve() / "node_modules", target_is_directory=True)
        tables = range(1, options.tables + 1)
        text = HEAD + "".join(TABLE.format(n=n, parent=max(n - 1, 1)) for n in tables)
        (folder / "schema.ts").write_text(text)
        (folder / "bare.mjs").write_text(BARE)
        bare = seconds(["node", "bare.mjs", "schema.ts"], folder, options.runs)
        program = [sys.executable, "-c", "from schema_bridge.__main__ import main; main()"]
        dump = seconds([*program, "dump", "schema.ts", "-o", "schema.json"], folder, options.runs)
        print(f"{options.tables} tables, {len(text) / 1e6:.1f} MB of TypeScript")
        print(f"  esbuild and run         {bare:8.2f} s")
        print(f"  schema-bridge dump      {dump:8.2f} s {dump / bare:6.1f} x")


def seconds(command: Sequence[str], folder: Path, runs: int) -> float:
    """CPU seconds of the best run, those of all its processes together."""
    found = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


if __name__ == "__main__":
    main()
