import { describe, expect, it } from 'vitest';
import { flagOf } from '../../options.ts';
import { whyUnchanged } from './unchanged.ts';

const moved = { reason: 'finished', steps: 60, flat: false } as const;
const flat = { reason: 'finished', steps: 60, flat: true } as const;
const loud = { reason: 'finished', steps: 0, flat: false } as const;

describe('dreams that did not change the picture', () => {
  it('are reported: no gradient, or a loss above its limit from the start', () => {
    expect(whyUnchanged([flat], 20)?.written(flagOf)).toMatch(
      /^nothing changed: the gradient is 0 everywhere/,
    );
    expect(whyUnchanged([flat, flat], 20)?.written(flagOf)).toMatch(/the gradient is 0 everywhere/);
    expect(whyUnchanged([loud], 20)?.written(flagOf)).toMatch(
      /^nothing changed: the loss exceeds --max-loss/,
    );
  });

  it('are not reported when pixels changed, without steps, or after an early abort', () => {
    expect(whyUnchanged([moved], 20)).toBeUndefined();
    expect(whyUnchanged([flat, moved], 20)).toBeUndefined();
    expect(whyUnchanged([loud, moved], 20)).toBeUndefined();
    expect(whyUnchanged([loud], 0)).toBeUndefined();
    expect(whyUnchanged([{ ...loud, reason: 'aborted' }], 20)).toBeUndefined();
    expect(whyUnchanged([], 20)).toBeUndefined();
  });
});
