import { InputError } from '@latentbrush/engine';
import { expect, it } from 'vitest';
import { flagOf } from './options.ts';
import { messageOf, option, OptionError, words } from './words.ts';

it('a sentence keeps the options it names, and each front end writes them in its own form', () => {
  const sentence = words`${option('maxLoss')}: ${0} was given; raise it`;
  expect(String(sentence)).toBe('option maxLoss: 0 was given; raise it');
  expect(sentence.written(flagOf)).toBe('--max-loss: 0 was given; raise it');
  expect(words`left out: ${sentence}`.written(flagOf)).toBe('left out: --max-loss: 0 was given; raise it');
});

it('an error with options is bad input, worded by the front end', () => {
  const error = new OptionError(words`lower ${option('step')}`);
  expect(error).toBeInstanceOf(InputError);
  expect(error.name).toBe('InputError');
  expect(error.message).toBe('lower option step');
  expect(messageOf(error, flagOf)).toBe('lower --step');
});

it('other errors keep their own message', () => {
  expect(messageOf(new Error('the disk is full'), flagOf)).toBe('the disk is full');
});
