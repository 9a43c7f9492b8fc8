import { describe, expect, it } from 'vitest';
import {
  BRUSH,
  drawMask,
  movedBrush,
  resizedBrush,
  withPoint,
  type MaskContext,
  type MaskStep,
} from './mask-steps.ts';

const stroke = (erases: boolean, ...points: [number, number][]): MaskStep => ({
  kind: 'stroke',
  erases,
  size: 0.1,
  points: points.map(([x, y]) => ({ x, y })),
});

describe('the steps of a mask', () => {
  it('continue the last stroke, without points at the same place', () => {
    const begun = [stroke(false, [0, 0])];
    const moved = withPoint(withPoint(begun, { x: 0.5, y: 0 }), { x: 0.5, y: 0 });
    expect(moved).toEqual([stroke(false, [0, 0], [0.5, 0])]);
    expect(withPoint([...begun, { kind: 'clear' }], { x: 1, y: 1 })).toEqual([...begun, { kind: 'clear' }]);
  });

  it('move the brush by keys as far to the side as down, and keep it in the picture', () => {
    const how = { size: 0.2, aspect: 2, isFar: false };
    const middle = { x: 0.5, y: 0.5 };
    expect(movedBrush(middle, 'ArrowRight', how)).toEqual({ x: 0.55, y: 0.5 });
    expect(movedBrush(middle, 'ArrowDown', how)).toEqual({ x: 0.5, y: 0.6 });
    expect(movedBrush(middle, 'ArrowUp', { ...how, isFar: true })?.y).toBeCloseTo(0.1);
    expect(movedBrush({ x: 0, y: 1 }, 'ArrowLeft', how)).toEqual({ x: 0, y: 1 });
    expect(movedBrush(middle, 'a', how)).toBeUndefined();
  });

  it('resize the brush by brackets, between its bounds', () => {
    expect(resizedBrush(0.1, ']')).toBeCloseTo(0.125);
    expect(resizedBrush(BRUSH.most, ']')).toBe(BRUSH.most);
    expect(resizedBrush(BRUSH.least, '[')).toBe(BRUSH.least);
    expect(resizedBrush(0.1, ' ')).toBeUndefined();
  });
});

it('draws strokes, erased places, dots and inversion, each by its way to combine', () => {
  const { context, calls } = recording();
  const steps: MaskStep[] = [
    stroke(false, [0, 0], [1, 0.5]),
    stroke(true, [0.5, 0.5]),
    { kind: 'invert' },
    { kind: 'clear' },
  ];
  drawMask(context, steps, { width: 100, height: 50, color: 'white' });
  expect(calls).toEqual([
    'clearRect 0 0 100 50',
    'beginPath',
    'moveTo 0 0',
    'lineTo 100 25',
    'stroke source-over 10',
    'beginPath',
    'arc 50 25 5',
    'fill destination-out',
    'fillRect xor',
    'clearRect 0 0 100 50',
  ]);
  expect(context.globalCompositeOperation).toBe('source-over');
});

/** A context that records the drawing calls. */
function recording(): { context: MaskContext; calls: string[] } {
  const calls: string[] = [];
  const context: MaskContext = {
    fillStyle: '',
    strokeStyle: '',
    lineCap: 'butt',
    lineJoin: 'miter',
    lineWidth: 1,
    globalCompositeOperation: 'source-over',
    beginPath: () => calls.push('beginPath'),
    clearRect: (...at) => calls.push(`clearRect ${at.join(' ')}`),
    moveTo: (...at) => calls.push(`moveTo ${at.join(' ')}`),
    lineTo: (...at) => calls.push(`lineTo ${at.join(' ')}`),
    arc: (...at) => calls.push(`arc ${at.slice(0, 3).join(' ')}`),
    stroke: () => calls.push(`stroke ${context.globalCompositeOperation} ${context.lineWidth}`),
    fill: () => calls.push(`fill ${context.globalCompositeOperation}`),
    fillRect: () => calls.push(`fillRect ${context.globalCompositeOperation}`),
    drawImage: () => calls.push('drawImage'),
  };
  return { context, calls };
}
