// Finds broken links in the Markdown files of the repository.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Folders of third-party files, of builds, and of files that programs leave. */
const SKIPPED = new Set(['.cache', '.git', '.venv', 'coverage', 'dist', 'node_modules']);
/** Likewise, but only in the folder where people run the program. */
const SKIPPED_AT_ROOT = new Set(['latentbrush-quickstart', 'runs']);

/**
 * @param {string} root the repository
 * @param {string} [folder]
 * @returns {string[]} paths of all files in it and below
 */
function filesIn(root, folder = root) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const isSkipped = SKIPPED.has(entry.name) || (folder === root && SKIPPED_AT_ROOT.has(entry.name));
    if (entry.isDirectory()) return isSkipped ? [] : filesIn(root, path);
    return entry.isFile() ? [path] : [];
  });
}

/**
 * @param {string} root the repository
 * @returns {string[]} paths of all its Markdown files
 */
export function markdownFiles(root) {
  return filesIn(root).filter((path) => path.endsWith('.md'));
}

/**
 * @param {string} text of a Markdown file
 * @returns {string} the text without its code blocks, which contain no links or headings
 */
function withoutBlocks(text) {
  return text.replace(/^ {0,3}(```+|~~~+)[^]*?^ {0,3}\1[^\n]*$/gm, '');
}

/** Code within a line. */
const CODE = /(`+)([^`\n]+)\1/g;

/**
 * @param {string} text of a Markdown file
 * @returns {string[]} the targets of its links and pictures, as written
 */
export function linksIn(text) {
  const prose = withoutBlocks(text)
    .replace(CODE, '')
    .replace(/^(?: {4}|\t)(?!\s*(?:[-*]|\d+\.) ).*$/gm, ''); // code by its indent, not lists within lists
  const patterns = [
    /\]\(\s*<?([^()\s>]+(?:\([^()\s]*\)[^()\s>]*)?)>?(?:\s+"[^"]*")?\s*\)/g, // [text](place), also of pictures
    /^ {0,3}\[[^\]\n]+\]:\s*<?([^\s>]+)>?/gm, // [name]: place
    /<(?:a|img)\s[^>]*?(?:href|src)="([^"]+)"/g,
  ];
  return patterns.flatMap((pattern) => Array.from(prose.matchAll(pattern), ([, place = '']) => place));
}

/**
 * @param {string} text of a Markdown file
 * @returns {string[]} the paths of the repository in its code: files and folders by their whole path, such as `docs/guides/dream.md`, and
 * sources by the end of their path, such as `onnx/read/decode.ts`
 */
export function pathsIn(text) {
  const whole = /^(?:\.ci|\.github|bench|docs|examples|packages|scripts)\/[\w./@-]*$/;
  const source = /^[\w-]+(?:\/[\w.-]+)+\.(?:ts|mjs|py)$/;
  return Array.from(withoutBlocks(text).matchAll(CODE), ([, , code = '']) => code).filter(
    (code) => whole.test(code) || source.test(code),
  );
}

/**
 * @param {string} root the repository
 * @returns {string[]} a line for each path in its Markdown files that does not exist, as a whole or as the end of a path
 */
export function missingPaths(root) {
  const all = filesIn(root).map((path) => `/${relative(root, path).replaceAll('\\', '/')}`);
  return markdownFiles(root).flatMap((file) =>
    pathsIn(readFileSync(file, 'utf8'))
      .filter((path) => !existsSync(join(root, path)) && !all.some((each) => each.endsWith(`/${path}`)))
      .map(
        (path) =>
          `${relative(root, file)}: ${path}: no such file; put the path of an example into a code block`,
      ),
  );
}

/**
 * The anchors of a file, as GitHub makes them from its headings: lower case, only letters, digits, "-" and "_", spaces as "-", and a number
 * after repeated ones.
 * @param {string} text of a Markdown file
 */
export function anchorsIn(text) {
  const prose = withoutBlocks(text);
  const headings = Array.from(prose.matchAll(/^ {0,3}#{1,6}\s+(.+?)\s*#*$/gm), ([, heading = '']) => heading);
  const anchors = new Set(
    Array.from(prose.matchAll(/<a\s[^>]*?(?:id|name)="([^"]+)"/g), ([, id = '']) => id),
  );
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const heading of headings) {
    const words = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1');
    const anchor = words
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

/**
 * @param {string} root the repository
 * @returns {string[]} a line for each broken link: the file, the link, and what is missing
 */
export function brokenLinks(root) {
  return markdownFiles(root).flatMap((path) =>
    linksIn(readFileSync(path, 'utf8')).flatMap((link) => {
      const problem = problemOf(link, path, root);
      return problem === undefined ? [] : [`${relative(root, path)}: ${link}: ${problem}`];
    }),
  );
}

/**
 * @param {string} link as it is written
 * @param {string} from path of the file with the link
 * @param {string} root
 * @returns {string | undefined} why it leads nowhere
 */
function problemOf(link, from, root) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined; // another site; these checks use no network
  const [place = '', anchor] = decodeURIComponent(link).split('#');
  const path = place === '' ? from : join(dirname(from), place);
  if (place.startsWith('/')) return 'begins at the root of a disk; begin at the file that contains it';
  if (relative(root, path).startsWith('..')) return 'leaves the repository';
  if (!existsSync(path)) return 'no such file';
  if (anchor === undefined || anchor === '') return undefined;
  if (statSync(path).isDirectory() || !path.endsWith('.md')) return undefined;
  return anchorsIn(readFileSync(path, 'utf8')).has(anchor) ? undefined : 'no such heading';
}
