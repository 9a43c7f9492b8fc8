import type { LatentMap, LearnedConcept, ModelFacts } from 'latentbrush/studio';
import { createContext, useContext } from 'react';
import { answerOf, client } from './client.ts';

/** The source of a run's model and its data. */
export interface RunSource {
  /** Facts about the model that the page needs to run it. */
  readonly facts: (run: string) => Promise<ModelFacts>;
  /** The positions of pictures in its latent space. */
  readonly map: (run: string) => Promise<LatentMap>;
  /** The concepts that were learned in its latent space. */
  readonly concepts: (run: string) => Promise<readonly LearnedConcept[]>;
  /** The address of the sheet of its map's pictures. @param tag changes with the checkpoint */
  readonly sheet: (run: string, tag: string) => string;
  /**
   * The address of a part of the model, an ONNX file: `decoder`, `model`.
   * @param size side of the pictures of a style in pixels
   */
  readonly part: (run: string, part: string, size?: number) => string;
  /** Whether there is a studio behind the page, which runs jobs and keeps what is learned. */
  readonly isStudio: boolean;
  /** The address of a photograph to begin with. */
  readonly example: string;
}

const at = (run: string): string => `/api/runs/${encodeURIComponent(run)}`;

/** The server of the studio. */
const server: RunSource = {
  facts: async (name) => await answerOf(client.api.runs[':name'].model.$get({ param: { name } })),
  map: async (name) => await answerOf(client.api.runs[':name'].points.$get({ param: { name } })),
  concepts: async (name) => await answerOf(client.api.runs[':name'].concepts.$get({ param: { name } })),
  sheet: (run, tag) => `${at(run)}/points/sheet?tag=${tag}`,
  part: (run, part, size) => `${at(run)}/onnx/${part}${size === undefined ? '' : `?size=${size}`}`,
  isStudio: true,
  example: '/api/examples/cat',
};

/** The source of the page: the studio's server, unless a published page has its own files. */
export const RunSourceContext = createContext(server);

/** The source of models for this page. */
export function useRunSource(): RunSource {
  return useContext(RunSourceContext);
}
