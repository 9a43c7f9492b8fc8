import { describe, expect, it } from 'vitest';
import { edited, passagesOf, shareOfNetwork, type Authored } from './authorship.ts';

const nothing: Authored = { text: '', authors: '' };

describe('who wrote a text', () => {
  it('is known after an edit in the middle', () => {
    const begun = edited(nothing, 'the whale ', 'y');
    const continued = edited(begun, 'the whale swims on', 'm');
    const changed = edited(continued, 'the whale dives on', 'y');
    expect(passagesOf(changed)).toEqual([
      { author: 'y', text: 'the whale dive' },
      { author: 'm', text: 's on' },
    ]);
    expect(shareOfNetwork(changed)).toBeCloseTo(4 / 18);
  });

  it('is forgotten for deleted text only', () => {
    const both = edited(edited(nothing, 'ab', 'y'), 'abcd', 'm');
    expect(edited(both, 'abd', 'y')).toEqual({ text: 'abd', authors: 'yym' });
    expect(edited(both, '', 'y')).toEqual(nothing);
    expect(passagesOf(nothing)).toEqual([]);
    expect(shareOfNetwork(nothing)).toBe(0);
  });

  it('is known for each character, also when letters repeat', () => {
    const { text, authors } = edited({ text: 'aaa', authors: 'ymy' }, 'aaaa', 'm');
    expect([text.length, authors.length]).toEqual([4, 4]);
  });
});
