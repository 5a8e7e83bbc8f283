/** The texts of a project's own files: on which line something is declared, and what only the text says. */
import fs from 'node:fs';

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;
const TYPE_EXPORT = /\bexport\s+type\s+(\w+)\s*=[^;=]*?\btypeof\s+(\w+)(?:\s*\.\s*\$infer(?:Select|Insert)\b|\s*>)/g;
const OPEN = '([{<';
const CLOSE = ')]}>';

const KEY = /(?<![\w$.?])(?:([\p{ID_Continue}$]+)|(["'])((?:\\.|(?!\2)[^\\\n])*)\2)(?=\s*:)/gu;
const LIST = /\b(?:import|export)\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?\{([^}]*)\}/g;
const BRACKET_OR_COMMA = /[([{)\]},]/g;

const blank = (text) => (text.includes('\n') ? text.replace(/[^\n]/g, ' ') : ' '.repeat(text.length));

export class Sources {
  constructor(files) {
    this.texts = files.map((file) => new Text(file));
  }

  /** The declaration of what a file exports under a name, in that file or in one it takes it from. */
  declaration({ file, export: name }) {
    const own = this.texts.find((text) => text.file === file);
    const texts = [own, ...this.texts.filter((text) => text !== own)].filter(Boolean);
    const names = [name, ...texts.map((text) => text.renamed(name)).filter(Boolean)];
    for (const each of names) {
      const text = texts.find((candidate) => candidate.declaration(each));
      if (text) return { text, ...text.declaration(each) };
    }
    return own ? { text: own, start: 0, end: 0 } : null;
  }

  /** Where a property of a declaration stands; one that a spread brings in, where it is the only one of its name. */
  property({ text, start, end }, name) {
    const [inside] = text.properties(name, start, end);
    if (inside !== undefined) return { text, ...text.span(inside) };
    const anywhere = this.texts.flatMap((each) => each.properties(name).map((at) => ({ text: each, at })));
    return anywhere.length === 1 ? { text: anywhere[0].text, ...anywhere[0].text.span(anywhere[0].at) } : null;
  }

  /** The types that are inferred from a table, in the order of the files. */
  typesOf(name) {
    return this.texts.flatMap((text) => text.types.filter((m) => m[2] === name).map((m) => m[1]));
  }
}

/** One file: `code` is its text without comments, `mask` without strings too; positions are those of the file. */
class Text {
  constructor(file) {
    this.file = file;
    const raw = fs.readFileSync(file, 'utf8');
    let commented = false;
    this.mask = raw.replace(COMMENT_OR_STRING, (found) => {
      commented ||= found[0] === '/';
      return blank(found);
    });
    this.code = commented ? raw.replace(COMMENT_OR_STRING, (found) => (found[0] === '/' ? blank(found) : found)) : raw;
    this.types = [...this.mask.matchAll(TYPE_EXPORT)];
    this.lines = linesOf(this.mask);
    this.statements = positions(/^(?:export|const|let|var|function|class|type|interface|enum)\b/gm, this.mask);
    const listed = [...this.mask.matchAll(LIST)].map((found) => found[1]).join();
    this.renames = firsts(/([\w$]+)\s+as\s+([\w$]+)/g, listed, (found) => [found[2], found[1]]);
    this.declared = firsts(/\b(?:const|let|var)\s+([\w$]+)/g, this.mask, (found) => [found[1], found]);
    this.declared.set('default', /\bexport\s+default(?![\w$])/.exec(this.mask));
    this.keys = this.allKeys();
  }

  line(position) {
    return firstFrom(this.lines, position) + 1;
  }

  /** The name that `export { name as renamed }`, or an import, gives another one to. */
  renamed(name) {
    return this.renames.get(name);
  }

  declaration(name) {
    const found = this.declared.get(name);
    if (!found) return null;
    const next = firstFrom(this.statements, found.index + found[0].length);
    return { start: found.index, end: this.statements[next] ?? this.code.length };
  }

  /** By name, where it stands as a key of an object, bare or in quotes. */
  allKeys() {
    const keys = new Map();
    for (const { index, 1: bare, 3: quoted } of this.code.matchAll(KEY)) {
      if (bare !== undefined && this.mask[index] === ' ') continue; // inside a string
      const name = bare ?? quoted;
      if (keys.has(name)) keys.get(name).push(index);
      else keys.set(name, [index]);
    }
    return keys;
  }

  /** The positions of a property's key. */
  properties(name, start = 0, end = this.code.length) {
    const found = this.keys.get(name) ?? [];
    return found.slice(firstFrom(found, start), firstFrom(found, end));
  }

  /** A property from its key to the comma that ends it. */
  span(start) {
    let depth = 0;
    BRACKET_OR_COMMA.lastIndex = start;
    for (let found = BRACKET_OR_COMMA.exec(this.mask); found; found = BRACKET_OR_COMMA.exec(this.mask)) {
      if ('([{'.includes(found[0])) depth += 1;
      if (')]}'.includes(found[0])) depth -= 1;
      if (depth < 0 || (depth === 0 && found[0] === ',')) return { start, end: found.index };
    }
    return { start, end: this.mask.length };
  }

  /** The position of a name in quotes. */
  quoted(name, start, end) {
    const inside = this.code.slice(start, end);
    const found = ['"', "'", '`'].map((quote) => inside.indexOf(quote + name + quote)).filter((at) => at >= 0);
    return found.length ? start + Math.min(...found) : null;
  }

  /** What stands between the brackets of `.$type<…>`. */
  typeArgument(start, end) {
    const from = this.mask.slice(start, end).search(/\.\s*\$type\s*</);
    if (from < 0) return undefined;
    const begin = this.mask.indexOf('<', start + from);
    let depth = 0;
    for (let at = begin; at < end; at += 1) {
      if (OPEN.includes(this.mask[at])) depth += 1;
      if (CLOSE.includes(this.mask[at]) && this.mask.slice(at - 1, at + 1) !== '=>') depth -= 1;
      if (depth === 0) return this.code.slice(begin + 1, at).replace(/\s+/g, ' ').trim();
    }
    return undefined;
  }

  /** The number of an option such as `srid: 4326`. */
  option(name, start, end) {
    return new RegExp(`\\b${name}\\s*:\\s*(\\d+)`).exec(this.mask.slice(start, end))?.[1];
  }
}

function linesOf(text) {
  const ends = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) ends.push(at);
  return ends;
}

/** Where a pattern is found. */
const positions = (pattern, text) => [...text.matchAll(pattern)].map((found) => found.index);

/** By the first of the two that `entry` makes of what is found, the second one of where that is first found. */
function firsts(pattern, text, entry) {
  const known = new Map();
  for (const found of text.matchAll(pattern)) {
    const [key, value] = entry(found);
    if (!known.has(key)) known.set(key, value);
  }
  return known;
}

/** The index of the first of ascending numbers that is not below a limit. */
function firstFrom(numbers, limit) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
