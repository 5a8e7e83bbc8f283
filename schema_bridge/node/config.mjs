/** drizzle.config: which files hold the schema, how names are cased, what is left out. */
import fs from 'node:fs';
import path from 'node:path';

import { bundle, run } from './bundle.mjs';
import { matching, toPattern } from './globs.mjs';
import { esbuildOf } from './project.mjs';
import { Refusal } from './refusal.mjs';

const CONFIG = /^drizzle.*config.*\.([cm]?[jt]s|json)$/;
const CODE = /\.[cm]?[jt]s$/;

/**
 * What a request means: `files` to load, the `folder` to resolve from, `casing`, `keeps(kind, schema, name)`, and the
 * files of the config.
 */
export async function configured(request) {
  const named = named_(request.paths);
  const file = named.config ?? nearestConfig(path.dirname(named.files[0]));
  const { config, inputs } = file ? await load(file) : { config: {}, inputs: [] };
  if (named.config) refuseStrangers(config, file);
  const files = named.config ? schemaFiles(config, file) : named.files;
  return {
    files,
    folder: path.dirname(files[0]),
    casing: request.casing ?? config.casing ?? null,
    keeps: filter(config),
    configFiles: inputs,
  };
}

/** The paths as a config, or as the schema files that they are or hold. */
function named_(paths) {
  const full = paths.map((each) => path.resolve(each));
  const missing = paths.find((each) => !fs.existsSync(each));
  if (missing) throw new Refusal(`there is no ${missing}`);
  const configs = (full.length ? full : ['.']).map(configOf).filter(Boolean);
  if (configs.length && full.length > 1) throw new Refusal('a drizzle.config says all: give it alone');
  if (configs.length) return { config: configs[0] };
  if (!full.length) {
    throw new Refusal('there is no drizzle.config here', { hint: 'name a schema file: schema-bridge dump src/schema.ts' });
  }
  const files = full.flatMap((each) => (fs.statSync(each).isDirectory() ? codeIn(each) : [each]));
  if (!files.length) throw new Refusal(`${paths.join(', ')}: no TypeScript or JavaScript file is in it`);
  return { files };
}

/** The config that a path is, or that lies in the folder that it is. */
function configOf(given) {
  if (!fs.statSync(given).isDirectory()) return CONFIG.test(path.basename(given)) ? path.resolve(given) : null;
  const found = fs.readdirSync(given).filter((name) => /^drizzle\.config\.([cm]?[jt]s|json)$/.test(name)).sort();
  return found.length ? path.resolve(given, found[0]) : null;
}

/** The config beside a schema file or above it, as far as the package that the file belongs to. */
function nearestConfig(folder) {
  const found = configOf(folder);
  const above = path.dirname(folder);
  if (found || above === folder || fs.existsSync(path.join(folder, 'package.json'))) return found;
  return nearestConfig(above);
}

async function load(file) {
  if (file.endsWith('.json')) return { config: JSON.parse(fs.readFileSync(file, 'utf8')), inputs: [file] };
  const entry = `export { default } from ${JSON.stringify(file)};`;
  const built = await bundle(esbuildOf(file), entry, path.dirname(file));
  return { config: run(built).default ?? {}, inputs: built.inputs };
}

function refuseStrangers(config, file) {
  const dialect = config.dialect ?? { pg: 'postgresql' }[config.driver] ?? config.driver;
  if (dialect !== undefined && dialect !== 'postgresql') {
    throw new Refusal(`${path.basename(file)} is for ${dialect}; only PostgreSQL's schemas can be read`);
  }
}

/** The files that `schema` of the config names: paths, globs, or folders, from the config's own folder. */
function schemaFiles(config, file) {
  const globs = [config.schema ?? []].flat();
  const from = path.dirname(file);
  if (!globs.length) throw new Refusal(`${path.basename(file)} names no schema`, { hint: 'name a schema file instead' });
  const found = globs.flatMap((glob) => matching(from, glob)).flatMap((each) => (isFolder(each) ? codeIn(each) : [each]));
  const files = [...new Set(found)].filter((each) => CODE.test(each));
  if (!files.length) throw new Refusal(`${path.basename(file)} names ${globs.join(', ')}, and no such file is there`);
  return files;
}

const isFolder = (each) => fs.statSync(each).isDirectory();

const codeIn = (folder) =>
  fs.readdirSync(folder).sort().map((name) => path.join(folder, name)).filter((each) => CODE.test(each) && !isFolder(each));

/** Whether an object of a kind, in a schema, of a name is part of what the config is about. */
function filter(config) {
  const schemas = [config.schemaFilter ?? []].flat();
  const tables = [config.tablesFilter ?? []].flat();
  return (kind, schema, name) =>
    (!schemas.length || schemas.some((glob) => toPattern(glob).test(schema))) &&
    (!tables.length || !['tables', 'views'].includes(kind) || keepsTable(tables, name));
}

/** As drizzle-kit has it: a name must match a glob, and none of those that begin with an exclamation mark. */
function keepsTable(globs, name) {
  const refused = globs.filter((glob) => glob.startsWith('!'));
  const wanted = globs.filter((glob) => !glob.startsWith('!'));
  if (refused.some((glob) => toPattern(glob.slice(1)).test(name))) return false;
  return !wanted.length || wanted.some((glob) => toPattern(glob).test(name));
}
