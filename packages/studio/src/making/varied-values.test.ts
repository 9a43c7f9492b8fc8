import { expect, it } from 'vitest';
import { commandLine } from '../forms/command-line.ts';
import { cellsOf, suggestedValues, valuesOf } from './varied-values.ts';

const layers = { type: 'array', items: { properties: { layer: {}, coefficient: {} } } };

it.each([
  [{ type: 'integer' }, '1, 3,5,', [1, 3, 5]],
  [{ type: 'integer' }, '1, many', [1, 'many']],
  [{ type: 'boolean' }, 'true, false, maybe', [true, false, 'maybe']],
  [{ enum: ['squares', 'mean'] }, 'mean, other', ['mean', 'other']],
  [{ type: 'string' }, '1-3,7; 4', ['1-3,7', '4']],
  [
    { type: 'array', items: { type: 'number' } },
    '1,2; 3,4',
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [{ properties: { width: {}, height: {} } }, '96x64', [{ width: 96, height: 64 }]],
  [
    layers,
    'mixed3=2; mixed4:7=-1.5, mixed5',
    [
      [{ layer: 'mixed3', coefficient: 2 }],
      [
        { layer: 'mixed4', channel: 7, coefficient: -1.5 },
        { layer: 'mixed5', coefficient: 1 },
      ],
    ],
  ],
])('%j: reads %j', (property, text, values) => {
  expect(valuesOf(text, property)).toEqual(values);
});

it.each([
  ['octaves', { type: 'integer', default: 3, minimum: 1, maximum: 20 }, '2, 3, 6'],
  ['octaves', { type: 'integer', default: 1, minimum: 1 }, '1, 2'],
  ['step', { type: 'number', default: 0.01, exclusiveMinimum: 0 }, '0.005, 0.01, 0.02'],
  ['jitter', { type: 'integer', default: 0 }, '0, 4, 16'],
  ['objective', { enum: ['squares', 'mean'], default: 'squares' }, 'squares, mean'],
  ['decorrelate', { type: 'boolean', default: false }, 'false, true'],
  ['size', { type: 'integer' }, ''],
])('suggests values of %s: %j', (name, property, text) => {
  expect(suggestedValues(name, property)).toBe(text);
});

it('orders cells by rows, as the sheet and the command line do', () => {
  const axes = [
    { option: 'octaves', values: [1, 2] },
    { option: 'maxLoss', values: [5, 20] },
  ];
  expect(cellsOf(axes)).toEqual([
    { octaves: 1, maxLoss: 5 },
    { octaves: 2, maxLoss: 5 },
    { octaves: 1, maxLoss: 20 },
    { octaves: 2, maxLoss: 20 },
  ]);
  expect(commandLine(['dream', 'cat.jpg'], { vary: { axes } })).toBe(
    'latentbrush dream cat.jpg --vary octaves=1,2 --vary maxLoss=5,20',
  );
  const mixes = valuesOf('a=1; b=1,c=2', layers);
  expect(commandLine(['dream'], { vary: { axes: [{ option: 'layers', values: mixes }] } })).toBe(
    "latentbrush dream --vary 'layers=a=1;b=1,c=2'",
  );
});
