/** Globs of files and names: `*`, `**`, `?`, `[a-z]`, `{a,b}`. Node's own came with version 22. */
import fs from 'node:fs';
import path from 'node:path';

const WILD = /[*?[{]/;

/** The files and folders that a glob names, from a folder, sorted. */
export function matching(from, glob) {
  const full = path.posix.join(from.split(path.sep).join('/'), glob);
  if (!WILD.test(glob)) return fs.existsSync(full) ? [full] : [];
  const fixed = full.slice(0, full.search(WILD));
  const root = fixed.slice(0, fixed.lastIndexOf('/')) || '/';
  const pattern = toPattern(full);
  return [...below(root)].filter((each) => pattern.test(each)).sort();
}

function* below(folder) {
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue;
    const each = `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* below(each);
    else yield each;
  }
}

/** The regular expression of a glob. */
export function toPattern(glob) {
  const parts = glob.match(/\*\*\/?|[*?{},]|\[!?[^\]]+\]|[^*?{},[]+|\[/g) ?? [];
  let depth = 0;
  const source = parts.map((part) => {
    if (part === '{') depth += 1;
    if (part === '}') depth -= 1;
    return translated(part, depth);
  });
  return new RegExp(`^${source.join('')}$`);
}

function translated(part, depth) {
  const plain = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]', '{': '(?:', '}': ')' }[part];
  if (plain !== undefined) return plain;
  if (part === ',' && depth > 0) return '|';
  if (/^\[.+\]$/.test(part)) return part.replace(/^\[!/, '[^');
  return part.replace(/[.+^$()|\\[\]]/g, '\\$&');
}
