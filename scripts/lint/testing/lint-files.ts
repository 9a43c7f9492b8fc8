import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/**
 * Lints files with one of our own rules, using the linter itself.
 * @param rule for example `in-one-layer`
 * @param files contents by path, from the root of a repository
 * @returns the messages about each file, by path
 */
export function lintFiles(rule: string, files: Readonly<Record<string, string>>): Map<string, string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lint-'));
  try {
    const config = {
      plugins: [],
      categories: { correctness: 'off' },
      jsPlugins: [resolve('scripts/lint/plugin.mjs')],
      rules: { [`latentbrush/${rule}`]: 'error' },
    };
    writeFileSync(join(folder, '.oxlintrc.json'), JSON.stringify(config));
    for (const [path, code] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), code);
    }
    const args = [resolve('node_modules/oxlint/bin/oxlint'), '--format=json'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; message: string }[] };
    const messages = new Map<string, string[]>(Object.keys(files).map((path) => [path, []]));
    for (const { filename, message } of diagnostics) messages.get(filename)?.push(message);
    return messages;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
