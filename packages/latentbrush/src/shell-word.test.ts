import { execFileSync } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { commandLine, pathWord, shellWord } from './shell-word.ts';

it('leaves plain words alone', () => {
  for (const word of ['photo.png', '--layers', 'mixed3=0.5,mixed4:12=2', 'a/b-c_d'])
    expect(shellWord(word)).toBe(word);
});

it.skipIf(process.platform === 'win32')('a shell reads its result as that word (not on Windows)', () => {
  const words = ['my photo.png', "it's", '$HOME', '`date`', 'a"b', '*', '', 'a\\b', '; echo no'];
  const said = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${words.map(shellWord).join(' ')}`]);
  expect(said.toString().split('\n').slice(0, -1)).toEqual(words);
});

it('a command line is one that this user can run, with paths that are no options', () => {
  vi.stubEnv('LATENTBRUSH_COMMAND', 'npm start --');
  expect(commandLine(['info', pathWord('my run')])).toBe("npm start -- info 'my run'");
  expect(commandLine(['dream', pathWord('-dash.jpg')])).toBe('npm start -- dream ./-dash.jpg');
  vi.stubEnv('LATENTBRUSH_COMMAND', undefined);
  expect(commandLine(['info', pathWord('a/-b')])).toBe('latentbrush info a/-b');
  vi.unstubAllEnvs();
});
