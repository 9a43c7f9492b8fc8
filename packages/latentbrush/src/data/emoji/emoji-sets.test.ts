import { describe, expect, it } from 'vitest';
import { parseEmojiQuery, selectEmoji } from './emoji-query.ts';
import { emojiSetInfo, emojiSetNames, emojiSets, loadEmojiSet, type Emoji } from './emoji-sets.ts';

const all = (await Promise.all(emojiSetNames.map(loadEmojiSet))).flat();
const select = (query: string): Emoji[] => selectEmoji(all, parseEmojiQuery(query));
const named = (set: string, name: string): Emoji | undefined =>
  all.find((emoji) => emoji.set === set && emoji.name === name);

describe('the embedded sets', () => {
  it('have 15,741 pictures', () => {
    for (const set of emojiSetNames) {
      expect(all.filter((emoji) => emoji.set === set)).toHaveLength(emojiSets[set]);
    }
    expect(all).toHaveLength(15_741);
  });

  it.each([
    ['noto', 'Apache-2.0', 'Google'],
    ['twemoji', 'CC-BY-4.0', 'Twitter'],
    ['fluent-emoji-flat', 'MIT', 'Microsoft'],
    ['openmoji', 'CC-BY-SA-4.0', 'OpenMoji'],
  ] as const)('%s names its terms, %s, and its author', async (set, licence, author) => {
    const info = await emojiSetInfo(set);
    expect(info).toMatchObject({ name: set, licence, pictures: emojiSets[set] });
    expect(info.author).toContain(author);
    expect(info.package).toMatch(new RegExp(`^@iconify-json/${set}@\\d+\\.\\d+\\.\\d+$`));
    expect(info.licenceUrl).toMatch(/^https:/);
  });

  it('name their pictures in words, with the names of Unicode for skin tones', () => {
    for (const set of emojiSetNames) {
      expect(named(set, 'grinning face with smiling eyes')?.category).toBe('Smileys & Emotion');
      expect(named(set, 'waving hand medium-light skin tone')?.category).toBe('People & Body');
      expect(named(set, 'cat face')?.category).toBe('Animals & Nature');
    }
    expect(named('noto', 'mermaid dark skin tone')).toBeDefined(); // "mermaid-tone5" there
    expect(named('fluent-emoji-flat', 'artist light skin tone')).toBeDefined(); // "artist-light" there
    expect(named('twemoji', 'flag japan')?.category).toBe('Flags'); // "flag-for-flag-japan" there
    expect(all.filter(({ name }) => /tone\d|skin-tone|_/.test(name))).toEqual([]);
    expect(named('fluent-emoji-flat', 'horizontal traffic light')).toBeDefined(); // not a skin tone
  });

  it('have drawings with a frame', () => {
    const isWhole = ({ drawing: { body, width, height } }: Emoji): boolean =>
      body.length > 10 && Math.min(width, height) > 10;
    expect(all.filter((emoji) => !isWhole(emoji))).toEqual([]);
  });
});

describe('parts of the emoji', () => {
  it('faces are those of people: round, yellow and upright, about 80 in each set', () => {
    const faces = select('faces');
    for (const set of emojiSetNames) {
      const names = faces.filter((face) => face.set === set).map(({ name }) => name);
      expect(names.length).toBeGreaterThan(75);
      expect(names).toEqual(
        expect.arrayContaining(['grinning face', 'slightly frowning face', 'star struck']),
      );
      for (const other of [
        'cat face',
        'clown face',
        'hot face',
        'red heart',
        'skull',
        'monkey face',
        'upside down face',
      ])
        expect(names).not.toContain(other);
    }
  });

  it('faces are framed alike and stay centred', () => {
    for (const { drawing, set, name } of select('faces')) {
      const before = named(set, name)!.drawing;
      expect(drawing.left + drawing.width / 2).toBeCloseTo(before.left + before.width / 2);
      expect(drawing.width).toBe(drawing.height);
    }
  });

  it.each([
    ['', 15_741],
    ['noto', 3819],
    ['noto,openmoji', 3819 + 4579],
    ['animals', 632],
    ['Animals & Nature', 632],
    ['flags', 9 + 419 + 8 + 270],
  ])('"%s" are %d', (query, count) => {
    expect(select(query)).toHaveLength(count);
  });

  it('words find names, and all terms must match', () => {
    expect(new Set(select('cat').map(({ name }) => name))).toContain('cat with tears of joy');
    expect(select('cat').every(({ name }) => /\bcat\b/.test(name))).toBe(true);
    expect(select('noto, cat, smiling').map(({ name }) => name).sort()).toEqual(['grinning cat with smiling eyes', 'smiling cat with heart eyes']); // prettier-ignore
    const dark = select('dark skin tone').map(({ name }) => name);
    expect(dark).toContain('artist dark skin tone');
    expect(dark).not.toContain('artist medium-dark skin tone');
  });

  it('a query has one form, however it is written', () => {
    expect(parseEmojiQuery(' Cat,NOTO , cat')).toEqual(parseEmojiQuery('noto,cat'));
    expect(parseEmojiQuery('cat,noto').sets).toEqual(['noto']);
  });

  it.each([
    ['smilling', /^emoji:smilling: there are no such emoji; nearest: smiling.*; give faces, a set \(noto,/],
    ['faces,dragon', /^emoji:dragon,faces: there are no such emoji; give/],
    ['!!', /^emoji:!!: "!!" has no word to search for; try emoji:faces/],
  ])('%s is refused in one line', (query, message) => {
    expect(() => select(query)).toThrow(message);
  });
});
