import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { jobNamed, jobs, wordsOf, type JobName } from 'latentbrush/jobs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadKorean, optionWords } from '../index.ts';
import { namedOptions, programSentences, programText } from './testing/program-sentences.ts';
import { Translator, type Catalogue } from './translator.ts';

const HANGUL = /\p{Script=Hangul}/u;

const ko = JSON.parse(await readFile(new URL('ko.json', import.meta.url), 'utf8')) as Catalogue;
const translator = new Translator(ko);

/** A template with values; counts are numbers. */
function withValues(template: string, valueOf: (index: number) => string): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'n' ? '12' : valueOf(Number(name)),
  );
}

/** Whether nothing of a sentence stays in English but what the Korean ones quote, such as commands. */
function isKorean(said: string | undefined): boolean {
  if (said === undefined || !HANGUL.test(said)) return false;
  const english = said.match(/[a-z]{2,}(?: [a-z]+\b)+/g) ?? [];
  return english.every((words) => Object.values(ko).some((korean) => korean.includes(words)));
}

/** What a job says about options. */
function complaint(
  { check }: Awaited<ReturnType<typeof jobNamed>>,
  options: Record<string, unknown>,
): string | undefined {
  try {
    check({ inputs: {}, options });
    return undefined;
  } catch (error) {
    return wordsOf(error as Error).written((name) => `“${name}”`);
  }
}

describe('the sentences of the program in Korean', () => {
  let sentences: ReturnType<typeof programSentences>;
  beforeAll(() => {
    sentences = programSentences();
  });

  it('include each one that the sources of the program contain', () => {
    expect(sentences.length).toBeGreaterThan(450);
    const missing = sentences.filter(
      ({ template }) => !isKorean(translator.translate(withValues(template, (index) => `V${index}`))),
    );
    expect(missing.map(({ place, template }) => `${place}: ${template}`)).toEqual([]);
  });

  it('name the same values as the English ones, each once', () => {
    const values = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    for (const [english, korean] of Object.entries(ko))
      expect({ english, values: values(korean) }).toEqual({ english, values: values(english) });
  });

  it('write particles after values in the form for both sounds', () => {
    const oneForm = /\}(?:은|는|이|가|을|를|과|와|로|으로|이나|나)(?=[ .,]|$)/;
    expect(Object.values(ko).filter((korean) => oneForm.test(korean))).toEqual([]);
  });

  it('include no sentence that the program no longer says', () => {
    const sources = programText();
    const found = new Set(sentences.map(({ template }) => template));
    const isSaid = (template: string): boolean => {
      if (found.has(template)) return true;
      const texts = template.split(/\{\w+\}/).map((text) => text.trim());
      const long = texts.filter((text) => text.length >= 8);
      return long.length === 0 || long.some((text) => sources.includes(text));
    };
    // What a value must be is composed of words, and zod says the last one.
    const composed = (template: string): boolean =>
      template.startsWith('it must ') || template === 'invalid input';
    expect(Object.keys(ko).filter((template) => !composed(template) && !isSaid(template))).toEqual([]);
  });

  it('describe each wrong value of each option', async () => {
    const english = new Set<string>();
    for (const name of Object.keys(jobs) as JobName[]) {
      const job = await jobNamed(name);
      for (const option of Object.keys(job.options.shape))
        for (const wrong of [-1e9, 1e9, 0.5, 'v v', '', [], [-1e9], {}, null]) {
          const said = complaint(job, { [option]: wrong });
          if (said !== undefined) english.add(said);
        }
    }
    expect(english.size).toBeGreaterThan(100);
    expect([...english].filter((sentence) => !isKorean(translator.translate(sentence)))).toEqual([]);
  });

  it('name options by their Korean labels', async () => {
    await loadKorean();
    const names = namedOptions();
    expect(names).toContain('weights');
    const isLabelled = (name: string): boolean =>
      Object.keys(jobs).some((job) => HANGUL.test(optionWords('ko', job, name, '').label));
    expect(names.filter((name) => !isLabelled(name))).toEqual([]);
  });

  const awkward = fc
    .string({
      unit: fc.constantFrom(...Array.from('aZ7 가각😀$&{}0n\\/"\'().-_|^*+?')),
      minLength: 1,
      maxLength: 12,
    })
    .filter((value) => value.trim() !== '');

  it('keep their values as they are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(ko)),
        fc.array(awkward, { minLength: 12, maxLength: 12 }),
        (template, values) => {
          // A value that contains the text behind it ends there, for a person as well.
          const texts = template.split(/\{\w+\}/);
          for (const [place, [, name]] of [...template.matchAll(/\{(\w+)\}/g)].entries()) {
            const [value, next] = [values[Number(name)] ?? '', texts[place + 1]!];
            fc.pre(place + 2 === texts.length || (value + next).indexOf(next) === value.length);
          }
          const english = withValues(template, (index) => values[index]!);
          const said = translator.translate(english);
          expect(said).toMatch(HANGUL);
          for (const [, name] of template.matchAll(/\{(\w+)\}/g))
            expect(said).toContain(name === 'n' ? '12' : values[Number(name)]);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('are found in one another, in a name with an error and in a list of advice', () => {
    expect(translator.translate('left out: a: b.png: is empty; a picture is needed')).toBe(
      '제외함: a: b.png: 비어 있습니다. 그림이 필요합니다',
    );
    expect(translator.translate('“시드”: -1 was given; it must be a whole number of at least 0')).toBe(
      '“시드”: 받은 값은 -1입니다. 0 이상의 정수여야 합니다',
    );
    expect(
      translator.translate(
        'a.idx: has 3 labels for the 1 picture of b.idx; two files that belong together are needed',
      ),
    ).toBe('a.idx: 레이블 3개가 있고 b.idx에는 그림 1장이 있습니다. 서로 맞는 두 파일이 필요합니다');
  });

  it('say what would help as a sentence of its own', () => {
    expect(
      translator.translate(
        'cat.jpg (“크기” 200): octave 1 is 102x67; mixed3 needs at least 107x107 (“옥타브” 1 fits)',
      ),
    ).toBe(
      'cat.jpg (“크기” 200): 옥타브 1의 크기가 102x67입니다. mixed3에는 적어도 107x107이 필요합니다. “옥타브”를 1로 하세요',
    );
    expect(translator.translate('cat.jpg: is 26x17; mixed3 needs more; use fewer “옥타브”')).toBe(
      'cat.jpg: 크기가 26x17입니다. mixed3에는 더 큰 것이 필요합니다. “옥타브”를 줄이세요',
    );
  });

  it('say sentences of several parts', () => {
    expect(
      translator.translate(
        'step 300: the generated pictures hardly differ from one another (12 % of the variety of real ones): mode collapse; try “손실” hinge, more “드롭아웃” or a lower “학습률”',
      ),
    ).toBe(
      '300단계: 만들어진 그림들이 서로 거의 다르지 않습니다(진짜 그림이 가진 다양성의 12 %). 모드 붕괴입니다. “손실”에서 hinge를 고르거나, “드롭아웃”을 높이거나 “학습률”을 낮춰 보세요',
    );
    const damaged = 'a.safetensors: damaged (its checksum does not match)';
    expect(
      translator.translate(
        `${damaged}; there is no other complete checkpoint to continue from; start a new run`,
      ),
    ).toBe(
      'a.safetensors: 손상되었습니다(검사합이 맞지 않음). 이어서 학습할 온전한 체크포인트가 더 없습니다. 새로 학습하세요',
    );
  });

  it('leave the words of a person as they are', () => {
    expect(translator.translate('there is no such place as this')).toBeUndefined();
    expect(
      translator.translate('“끝말”: "there is no such file" names more than 9 seeds; choose fewer'),
    ).toContain('"there is no such file"');
    expect(translator.translate('my pictures: is empty; a picture is needed')).toMatch(/^my pictures: /);
  });

  it('take little time, however long the text is', () => {
    const start = performance.now();
    for (const part of [': ', '; ', 'is empty; ', '12 pictures: ', 'was given; it must be ', '('])
      translator.translate(part.repeat(4000 / part.length));
    expect(translator.translate(`${'x'.repeat(4000)}: is empty; a picture is needed`)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it.each([
    ['그림', '그림을 그림은 그림으로'],
    ['시드', '시드를 시드는 시드로'],
    ['3', '3을 3은 3으로'],
    ['“7”', '“7”을 “7”은 “7”로'],
    ['a.jpg', 'a.jpg을(를) a.jpg은(는) a.jpg(으)로'],
  ])('have the particles of %s', (word, said) => {
    const quoted = new Translator({ 'one "{0}" (now {1})': '"{0}"을(를) (지금 {1})은(는)' });
    const [object, topic] = said.split(' ').map((each) => each.slice(word.length));
    expect(quoted.translate(`one "${word}" (now ${word})`)).toBe(`"${word}"${object} (지금 ${word})${topic}`);
    const particles = new Translator({ 'one {0} two {1} three {2}': '{0}을(를) {1}은(는) {2}(으)로' });
    expect(particles.translate(`one ${word} two ${word} three ${word}`)).toBe(said);
  });
});
