/** Bundles TypeScript in memory with the project's own esbuild, and runs it; nothing is written to disk. */
import fs from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';

import { Refusal } from './refusal.mjs';

const NAME = 'schema-bridge.bundle.cjs';
const BARE = /^[^./]/;
const OURS = path.dirname(fileURLToPath(import.meta.url));
const OPTIONS = {
  bundle: true,
  write: false,
  metafile: true,
  sourcemap: 'external',
  sourcesContent: false,
  outfile: NAME,
  platform: 'node',
  format: 'cjs',
  target: 'node18',
  logLevel: 'silent',
  loader: { '.node': 'empty' },
};

/**
 * An entry's text as one script: its `code`, `map` (made when asked for: only an error needs it), `folder`, the
 * project's files in it (`inputs`), and the packages that could not be found and are stubbed (`stubs`).
 */
export async function bundle(esbuild, entry, folder) {
  const stubs = new Set();
  const options = {
    ...OPTIONS,
    absWorkingDir: folder,
    stdin: { contents: entry, resolveDir: folder, loader: 'js' },
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(path.join(folder, NAME)).href) },
    plugins: [packages(stubs)],
  };
  const built = await esbuild.build(options).catch((error) => refuse(error, folder));
  const text = (suffix) => built.outputFiles.find((file) => file.path.endsWith(suffix)).text;
  const inputs = Object.keys(built.metafile.inputs).map((each) => path.resolve(folder, each));
  return {
    code: text('.cjs'),
    map: () => new SourceMap(JSON.parse(text('.map'))),
    folder,
    inputs: inputs.filter((each) => fs.existsSync(each) && !each.includes('node_modules') && !each.startsWith(OURS)),
    stubs: [...stubs].sort(),
  };
}

/** A package that is not installed here becomes a value that can be called, built and read, and says nothing. */
function packages(stubs) {
  return {
    name: 'schema-bridge',
    setup(build) {
      build.onResolve({ filter: /^(server-only|client-only)$/ }, ({ path: name }) => ({ path: name, namespace: 'empty' }));
      build.onResolve({ filter: /^drizzle-kit$/ }, ({ path: name }) => ({ path: name, namespace: 'kit' }));
      build.onResolve({ filter: BARE }, async ({ path: name, pluginData, ...asked }) => {
        if (pluginData === 'asked' || path.isAbsolute(name)) return undefined;
        const found = await build.resolve(name, { ...asked, pluginData: 'asked' });
        if (!found.errors.length) return found;
        stubs.add(name);
        return { path: name, namespace: 'stub' };
      });
      build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: '' }));
      build.onLoad({ filter: /.*/, namespace: 'kit' }, () => ({ contents: 'export const defineConfig = (c) => c;' }));
      build.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({ contents: `module.exports = (${stub})();` }));
    },
  };
}

function stub() {
  const answers = {
    get: (_, key) => (key === Symbol.toPrimitive ? () => 'stub' : key === '__esModule' ? false : value),
    apply: () => value,
    construct: () => value,
    getPrototypeOf: () => Function.prototype,
  };
  const value = new Proxy(function () {}, answers);
  return value;
}

function refuse(error, folder) {
  const [first] = error.errors ?? [];
  if (!first) throw new Refusal(`esbuild failed: ${error.message}`);
  const at = first.location && { file: path.resolve(folder, first.location.file), line: first.location.line };
  throw new Refusal(`this cannot be bundled: ${first.text}`, { at });
}

/** Runs what was bundled and gives its exports; a Refusal names the line of the TypeScript file that threw. */
export function run(built) {
  const module = { exports: {} };
  const file = path.join(built.folder, NAME);
  try {
    const script = new vm.Script(`(function (require, module, exports, __filename, __dirname) {${built.code}\n})`, { filename: NAME });
    script.runInThisContext()(createRequire(file), module, module.exports, file, built.folder);
  } catch (error) {
    const at = thrownAt(error, built) ?? error?.at ?? null;
    if (error?.refusal) throw new Refusal(error.refusal, { at, inputs: built.inputs });
    throw new Refusal(`the schema cannot be loaded: ${error?.message ?? error}`, {
      at,
      hint: 'it is run as drizzle-kit would run it; what it needs to run must be here',
    });
  }
  return module.exports;
}

/** The file and line of the project's own that an error's stack leads to. */
function thrownAt(error, built) {
  const frames = [...String(error?.stack ?? '').matchAll(/schema-bridge\.bundle\.cjs:(\d+):(\d+)/g)];
  const map = frames.length ? built.map() : null;
  const places = frames.map(([, line, column]) => {
    const found = map.findEntry(line - 1, column - 1);
    return found.originalSource && { file: path.resolve(built.folder, found.originalSource), line: found.originalLine + 1 };
  });
  const own = places.find((place) => place && built.inputs.includes(place.file));
  return own ?? null;
}
