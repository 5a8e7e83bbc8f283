/**
 * Dumps a Drizzle schema as JSON, with the drizzle-orm and the esbuild of the project that it belongs to.
 *
 * `node dump.mjs REQUEST`, where REQUEST is JSON: `paths` (schema files, folders, or a drizzle.config; none means the
 * one of this folder), `base` (the folder from which the dump names files), `casing` (overrules the config's).
 * Prints the dump, or `{"refusal": {message, hint, at}}`, on stdout; whatever the schema itself prints goes to stderr.
 */
import fs from 'node:fs';
import v8 from 'node:v8';

import { bundle, run } from './bundle.mjs';
import { schemaEntry, toolsOf } from './project.mjs';
import { configured } from './config.mjs';
import { Refusal } from './refusal.mjs';
import { assemble, placeOf } from './assemble.mjs';

const NODE = Number(process.versions.node.split('.')[0]);
const OLDEST_NODE = 18;

async function dump(request) {
  if (NODE < OLDEST_NODE) {
    throw new Refusal(`this is Node ${process.versions.node}`, { hint: `install Node ${OLDEST_NODE} or newer` });
  }
  process.env.SKIP_ENV_VALIDATION ??= '1';
  const settings = await configured(request);
  const tools = toolsOf(settings.files[0]);
  const built = await bundle(tools.esbuild, schemaEntry(settings, tools), settings.folder);
  return assemble(run(built).default, { settings, tools, built, base: request.base });
}

function answer(value) {
  writeAll(Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
  process.exit(0); // pools and timers that the schema's imports opened must not keep us alive
}

/** A pipe takes what it has room for, and nothing while it is full. */
function writeAll(bytes) {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 2);
    }
  }
}

// We live for less than a second, of which compiling for speed takes a fifth; since 22 Node has a quicker compiler for it.
if (NODE < 22) v8.setFlagsFromString('--interrupt-budget=1000000');
const request = JSON.parse(process.argv[2]);
process.stdout.write = process.stderr.write.bind(process.stderr);
for (const method of ['log', 'info', 'debug']) console[method] = console.error;
try {
  answer(await dump(request));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  answer({ refusal: { message: error.message, hint: error.hint, at: placeOf(error, request.base) } });
}
