import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anchorsIn, brokenLinks, linksIn, markdownFiles, missingPaths, pathsIn } from './markdown-links.mjs';

describe('the Markdown files of the repository', () => {
  it('are found, also those in .github', () => {
    const found = markdownFiles('.').map((path) => path.replaceAll('\\', '/'));
    expect(found).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/guides/dream.md',
        'packages/engine/README.md',
        '.github/pull_request_template.md',
      ]),
    );
    expect(found.filter((path) => path.includes('node_modules'))).toEqual([]);
  });

  it('have no broken link', () => {
    expect(brokenLinks('.')).toEqual([]);
  });

  it('name only files that exist', () => {
    expect(missingPaths('.').filter((line) => !line.startsWith('CHANGELOG.md'))).toEqual([]); // it names a former file
  });

  it('in packages link to no other file: npm shows only the README', () => {
    const packages = readdirSync('packages').map((name) => join('packages', name, 'README.md'));
    const links = packages.flatMap((path) => linksIn(readFileSync(path, 'utf8')));
    expect(links.filter((link) => !/^(https:|#)/.test(link))).toEqual([]);
  });
});

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'links-'));
  mkdirSync(join(root, 'docs'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('brokenLinks', () => {
  beforeEach(() => {
    writeFileSync(join(root, 'docs/other page.md'), '# A *heading*, and `code`\n\n## Twice\n\n## Twice\n');
  });
  const broken = (text: string): string[] => {
    writeFileSync(join(root, 'docs/page.md'), text);
    return brokenLinks(root).map((line) => line.replaceAll('\\', '/'));
  };

  it.each([
    ['[file](other%20page.md)'],
    ['[file in brackets](<other%20page.md> "with a title")'],
    ['[heading](other%20page.md#a-heading-and-code)'],
    ['[second of its name](other%20page.md#twice-1)'],
    ['# Here\n\n[own heading](#here)'],
    ['[folder](../docs)'],
    ['[another site](https://example.org/nowhere.md#at-all)'],
    ['`[code](nowhere.md)`'],
    ['```md\n[code](nowhere.md)\n```'],
    ['    [code](nowhere.md)'],
  ])('accepts %j', (text) => {
    expect(broken(text)).toEqual([]);
  });

  it.each([
    ['[file](nowhere.md)', 'docs/page.md: nowhere.md: no such file'],
    ['![picture](nowhere.png)', 'docs/page.md: nowhere.png: no such file'],
    ['[![in a link](a.png)](other%20page.md)', 'docs/page.md: a.png: no such file'],
    ['[by name][a]\n\n[a]: nowhere.md', 'docs/page.md: nowhere.md: no such file'],
    ['<img src="nowhere.png" alt="">', 'docs/page.md: nowhere.png: no such file'],
    ['[heading](other%20page.md#thrice)', 'docs/page.md: other%20page.md#thrice: no such heading'],
    ['[own heading](#nowhere)', 'docs/page.md: #nowhere: no such heading'],
    ['[outside](../../)', 'docs/page.md: ../../: leaves the repository'],
    ['- a list\n    - with [a link](nowhere.md)', 'docs/page.md: nowhere.md: no such file'],
  ])('reports the link of %j', (text, line) => {
    expect(broken(text)).toEqual([line]);
  });
});

describe('anchorsIn', () => {
  it('makes anchors as GitHub does', () => {
    const text = "# What's new? (0.1)\n\n## 그림과 글\n\n## `a_b` – c\n\n```sh\n# no heading\n```\n";
    expect([...anchorsIn(text)]).toEqual(['whats-new-01', '그림과-글', 'a_b--c']);
  });
});

describe('pathsIn', () => {
  it('are whole paths and source files in code; not commands, folders or bare file names', () => {
    const named = ['docs/a.md', 'packages/engine/src/', 'ops/index.ts'];
    const others = ['docs/a.md#b', 'node examples/a.mjs', 'index.ts', 'runs/mine', 'holiday/a.jpg', './a.ts'];
    const text = [...named, ...others].map((code) => `\`${code}\``).join(' and ');
    expect(pathsIn(`${text} and docs/b.md`)).toEqual(named);
  });
});

describe('missingPaths', () => {
  it('names paths that do not exist, also as the end of a path', () => {
    writeFileSync(join(root, 'docs/source.ts'), '');
    writeFileSync(join(root, 'docs/page.md'), '`docs/source.ts`, `docs/lost.ts`, `urce.ts`, `ocs/source.ts`');
    expect(missingPaths(root)).toEqual([
      `${join('docs', 'page.md')}: docs/lost.ts: no such file; put the path of an example into a code block`,
      `${join('docs', 'page.md')}: ocs/source.ts: no such file; put the path of an example into a code block`,
    ]);
  });
});
