import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from './shell-word.ts';

it('leaves plain words alone', () => {
  for (const word of ['photo.png', '--layers', 'mixed3=0.5,mixed4:12=2', 'a/b-c_d'])
    expect(shellWord(word)).toBe(word);
});

it.skipIf(process.platform === 'win32')('a shell takes what it gives as that word (not on Windows)', () => {
  const words = ['my photo.png', "it's", '$HOME', '`date`', 'a"b', '*', '', 'a\\b', '; echo no'];
  const said = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${words.map(shellWord).join(' ')}`]);
  expect(said.toString().split('\n').slice(0, -1)).toEqual(words);
});
