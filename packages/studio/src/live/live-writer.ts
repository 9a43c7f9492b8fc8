import type { TextModel } from 'latentbrush/studio';
import { samplingDistribution, type Reweighting } from '../../../latentbrush/src/text/temperature.ts';
import { Vocabulary } from '../../../latentbrush/src/text/tokenizer.ts';
import { floats, floatsOf, loadLiveModel, type LiveModel } from './live-runtime.ts';
import type { LiveArray, LiveArrays } from './messages.ts';

/** The prediction of the next token. */
export interface NextTokens {
  /** Probability of each token, from the model. */
  readonly probabilities: Float32Array<ArrayBuffer>;
}

/** How to draw continuations. */
export interface Proposing extends Reweighting {
  /** Number of continuations; each begins with another token. */
  readonly count: number;
  /** Maximum number of tokens of each. */
  readonly length: number;
}

/** A text that a model proposes. */
export interface Proposal {
  readonly text: string;
  /** Probability of its first token in the sampling distribution. */
  readonly probability: number;
}

/** The tokens so far, and the state of the network after them. */
interface Read {
  readonly ids: readonly number[];
  readonly state: LiveArrays;
  readonly probabilities: Float32Array<ArrayBuffer>;
}

/** Tokens before the cursor to read again when the text before them changed. */
const MOST_READ = 200;

/** A language model in the page that reads the text before the cursor, and proposes the text after it. */
export class LiveWriter {
  readonly facts: TextModel;
  readonly vocabulary: Vocabulary;
  readonly #model: LiveModel;
  #read: Read | undefined;
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(facts: TextModel, model: LiveModel) {
    this.facts = facts;
    this.#model = model;
    const { level, lowerCase, tokens } = facts.vocabulary;
    this.vocabulary = new Vocabulary(level, lowerCase, tokens);
  }

  /** @param address of the model's ONNX file @throws Error when the model cannot be loaded */
  static async load(address: string, facts: TextModel): Promise<LiveWriter> {
    return new LiveWriter(facts, await loadLiveModel(address, { work: 'small' }));
  }

  /** Frees the memory of the model. */
  release(): void {
    this.#model.release();
  }

  /** The prediction after a text. Tokens that the model does not know are left out. */
  next(text: string): Promise<NextTokens> {
    return this.#inTurn(() => this.#after(text));
  }

  /** Draws continuations of a text, the one with the most probable beginning first. */
  propose(text: string, options: Proposing): Promise<Proposal[]> {
    return this.#inTurn(async () => {
      const { ids, state, probabilities } = await this.#after(text);
      const first = samplingDistribution(probabilities, options);
      const firstIds = distinct(first, options.count);
      let rows = firstIds.map((id) => [id]);
      let states = tiled(state, firstIds.length);
      for (let step = 1; step < options.length; step++) {
        const advanced = await this.#step(
          rows.map((row) => [...ids, ...row]),
          states,
        );
        states = advanced.state;
        const size = advanced.probabilities.length / rows.length;
        rows = rows.map((row, index) => [
          ...row,
          drawn(
            samplingDistribution(advanced.probabilities.subarray(index * size, (index + 1) * size), options),
          ),
        ]);
      }
      const proposals = rows.map((row, index) => ({
        text: endedAtWord(this.vocabulary.decode(row), this.facts.vocabulary.level),
        probability: first[firstIds[index]!] ?? 0,
      }));
      return proposals.sort((a, b) => b.probability - a.probability);
    });
  }

  /** One request at a time: the network has the state of one text. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#busy.then(work, work);
    this.#busy = turn.catch(() => undefined);
    return turn;
  }

  async #after(text: string): Promise<Read> {
    const { objective, window, network } = this.facts;
    const all = [...this.vocabulary.encodePrompt(text.slice(-4000), true)];
    const most = network === 'conv' || objective === 'last' ? window : MOST_READ;
    const before = this.#read;
    // A model trained on full windows starts each with an empty state.
    const continues =
      before !== undefined &&
      objective === 'sequence' &&
      all.length >= before.ids.length &&
      before.ids.length > 0 &&
      before.ids.every((id, index) => all[index] === id);
    if (continues && all.length === before.ids.length) return before;
    const unread = continues ? all.slice(before.ids.length) : all.slice(-most);
    let state = continues ? before.state : this.#nothing(1);
    let probabilities = new Float32Array(this.vocabulary.size).fill(1 / this.vocabulary.size);
    if (network === 'conv') ({ probabilities } = await this.#step([all], {}));
    else for (const id of unread) ({ probabilities, state } = await this.#step([[id]], state));
    this.#read = { ids: all, state, probabilities };
    return this.#read;
  }

  /** Reads the last token of each row; a convolutional network reads the last window. */
  async #step(
    rows: readonly (readonly number[])[],
    state: LiveArrays,
  ): Promise<{ probabilities: Float32Array<ArrayBuffer>; state: LiveArrays }> {
    const { network, window } = this.facts;
    const width = network === 'conv' ? window : 1;
    const tokens = new BigInt64Array(rows.length * width).fill(BigInt(this.vocabulary.size)); // a placeholder
    rows.forEach((row, index) => {
      const last = row.slice(-width);
      last.forEach((id, place) => (tokens[(index + 1) * width - last.length + place] = BigInt(id)));
    });
    const fed: LiveArray = { dtype: 'int64', shape: [rows.length, width], data: tokens };
    const names = Object.keys(state);
    const { outputs } = await this.#model.run({ [network === 'conv' ? 'tokens' : 'token']: fed, ...state }, [
      'probabilities',
      ...names.map((name) => `${name}:next`),
    ]);
    return {
      probabilities: floatsOf(outputs, 'probabilities'),
      state: Object.fromEntries(names.map((name) => [name, outputs[`${name}:next`]!])),
    };
  }

  #nothing(rows: number): LiveArrays {
    const { network, layers, units } = this.facts;
    const parts = network === 'lstm' ? ['h', 'c'] : network === 'gru' ? ['h'] : [];
    const names = Array.from({ length: layers }, (_, layer) =>
      parts.map((part) => `state/${layer + 1}/${part}`),
    );
    return Object.fromEntries(
      names.flat().map((name) => [name, floats(new Float32Array(rows * units), [rows, units])]),
    );
  }
}

/** The same state for several rows. */
function tiled(state: LiveArrays, rows: number): LiveArrays {
  return Object.fromEntries(
    Object.entries(state).map(([name, { data, shape }]) => {
      const repeated = new Float32Array(data.length * rows);
      for (let row = 0; row < rows; row++) repeated.set(data as Float32Array, row * data.length);
      return [name, floats(repeated, [rows, shape[1] ?? 0])];
    }),
  );
}

/** Draws distinct tokens, at most as many as are possible. */
function distinct(distribution: Float64Array, count: number): number[] {
  const left = Float64Array.from(distribution);
  const ids: number[] = [];
  while (ids.length < count) {
    const total = left.reduce((sum, p) => sum + p, 0);
    if (!(total > 1e-9)) break;
    const id = drawn(left.map((p) => p / total));
    ids.push(id);
    left[id] = 0;
  }
  return ids;
}

function drawn(distribution: ArrayLike<number>): number {
  let rest = Math.random();
  let last = 0;
  for (let id = 0; id < distribution.length; id++) {
    const p = distribution[id] ?? 0;
    if (p <= 0) continue;
    last = id;
    rest -= p;
    if (rest < 0) return id;
  }
  return last;
}

/** Cuts a text of characters after its last whole word. */
function endedAtWord(text: string, level: 'char' | 'word'): string {
  if (level === 'word') return text;
  const end = text.search(/\s\S*$/u);
  return end > 0 ? text.slice(0, end) : text;
}
