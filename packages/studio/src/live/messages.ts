/** An array to or from the runtime. */
export interface LiveArray {
  readonly dtype: 'float32' | 'int64';
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;
}

/** Arrays by the name of the input or output. */
export type LiveArrays = Readonly<Record<string, LiveArray>>;

/** A message of the page to the worker. The answer has the same number. */
export type LiveRequest = { readonly number: number } & (
  | { readonly type: 'start'; readonly files: string; readonly threads: number }
  | { readonly type: 'load'; readonly bytes: Uint8Array<ArrayBuffer> }
  | {
      readonly type: 'run';
      readonly model: number;
      readonly feeds: LiveArrays;
      readonly fetches: readonly string[];
    }
  | { readonly type: 'release'; readonly model: number }
);

/** An answer of the worker. */
export type LiveAnswer = { readonly number: number } & (
  | { readonly type: 'loaded'; readonly model: number }
  | { readonly type: 'ran'; readonly outputs: LiveArrays; readonly milliseconds: number }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly message: string }
);
