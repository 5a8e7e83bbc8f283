/** What a project brings along: its drizzle-orm, its esbuild, and how its packages are installed. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Refusal } from './refusal.mjs';

const COLLECTOR = fileURLToPath(new URL('./collect.mjs', import.meta.url));
/** What the collector uses of drizzle-orm; a release that lacks one of them gives undefined. */
const USED = {
  core: ['Column', 'SQL', 'getTableColumns', 'getTableName', 'is'],
  pg: ['PgDialect', 'getMaterializedViewConfig', 'getTableConfig', 'getViewConfig', 'isPgEnum', 'isPgSequence'],
  relational: ['createTableRelationsHelpers', 'extractTablesRelationalConfig'],
};
const CARRIERS = ['drizzle-kit', 'tsx', 'vite'];
const MANAGERS = { 'pnpm-lock.yaml': 'pnpm', 'yarn.lock': 'yarn', 'bun.lock': 'bun', 'bun.lockb': 'bun' };

/** The tools with which a file's own project would load it; a Refusal names the missing one. */
export function toolsOf(file) {
  const orm = installed(path.dirname(file), 'drizzle-orm');
  if (!orm) {
    throw new Refusal(`drizzle-orm is not installed for ${path.basename(file)}`, {
      hint: `in its project run: ${manager(file)} install`,
    });
  }
  const { version } = JSON.parse(fs.readFileSync(path.join(orm, 'package.json'), 'utf8'));
  // 1.0 has two kinds of relations, and the older kind lives in a module of its own.
  const relations = fs.existsSync(path.join(orm, '_relations.js')) ? 'drizzle-orm/_relations' : 'drizzle-orm';
  return { esbuild: esbuildOf(file), version, relations };
}

/** esbuild as the project has it: its own, or the one that drizzle-kit, tsx or vite brought. */
export function esbuildOf(file) {
  const folder = path.dirname(file);
  const homes = [folder, ...CARRIERS.map((name) => installed(folder, name)).filter(Boolean)];
  for (const home of homes) {
    try {
      return createRequire(path.join(fs.realpathSync(home), '_.js'))('esbuild');
    } catch (error) {
      if (error.code !== 'MODULE_NOT_FOUND') throw new Refusal(`esbuild cannot be started: ${error.message}`);
    }
  }
  throw new Refusal(`esbuild is not installed for ${path.basename(file)}`, {
    hint: `in its project run: ${manager(file)} ${manager(file) === 'npm' ? 'install' : 'add'} -D esbuild`,
  });
}

/** The folder of an installed package, as Node would find it from a folder. */
function installed(folder, name) {
  const found = path.join(folder, 'node_modules', name);
  if (fs.existsSync(path.join(found, 'package.json'))) return found;
  const above = path.dirname(folder);
  return above === folder ? null : installed(above, name);
}

/** The package manager whose lock file is nearest. */
function manager(file) {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const lock = Object.keys(MANAGERS).find((name) => fs.existsSync(path.join(folder, name)));
    if (lock) return MANAGERS[lock];
    if (folder === path.dirname(folder)) return 'npm';
  }
}

/** The module that loads all schema files beside one drizzle-orm and hands them to our collector. */
export function schemaEntry(settings, tools) {
  const imports = settings.files.map((file, at) => `import * as m${at} from ${JSON.stringify(file)};`);
  const modules = settings.files.map((file, at) => `[${JSON.stringify(file)}, m${at}]`);
  // Named one by one, so that esbuild leaves out the rest of drizzle-orm.
  const used = Object.entries(USED).map(([from, names]) => `${from}: { ${names.map((name) => `${name}: ${from}.${name}`).join(', ')} }`);
  const options = { casing: settings.casing, major: Number(tools.version.split('.')[0]) };
  return [
    "import * as core from 'drizzle-orm';",
    "import * as pg from 'drizzle-orm/pg-core';",
    `import * as relational from '${tools.relations}';`,
    `import { collect } from ${JSON.stringify(COLLECTOR)};`,
    ...imports,
    `export default collect([${modules}], { ${used.join(', ')} }, ${JSON.stringify(options)});`,
  ].join('\n');
}
