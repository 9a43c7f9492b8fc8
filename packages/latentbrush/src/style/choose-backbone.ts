import { loadBackbone, type Backbone, type LoadBackboneOptions } from '../pretrained/index.ts';
import { ProxyVariableError } from '../data/index.ts';
import { WeightsUnavailable } from '../pretrained/weights/locate.ts';

/** The network of the book, used by default. */
const PREFERRED = 'vgg19';

/** A network to compare pictures with. */
export interface ChosenBackbone {
  readonly backbone: Backbone;
  /** Why it is not the preferred one, in one line; undefined when it is. */
  readonly fallback: string | undefined;
}

/**
 * Loads the network that style transfer compares pictures with: the requested one; else VGG19, as in the book, if its weights have a local
 * copy or can be fetched; else the embedded trunk of InceptionV3, which comes with this package.
 *
 * Without a requested network, it stops trying an unreachable server after a second or two, but not a download that has begun.
 * @param asked a name for `loadBackbone`
 * @param options chosen layers imply a certain network: then no other network replaces it
 * @throws WeightsUnavailable when the requested network has no local copy and cannot be fetched
 * @throws InputError when a name is not known, or the weights are damaged or of another network
 * @example
 * // not run: downloads VGG19
 * const { backbone, fallback } = await style.chooseBackbone(undefined);
 * if (fallback !== undefined) console.log(fallback);
 */
export async function chooseBackbone(
  asked: string | undefined,
  options: LoadBackboneOptions = {},
): Promise<ChosenBackbone> {
  const { layers = [], weights } = options;
  if (asked !== undefined || layers.length > 0 || weights !== undefined)
    return { backbone: await loadBackbone(asked ?? PREFERRED, options), fallback: undefined };
  try {
    return { backbone: await loadPatiently(options), fallback: undefined };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof WeightsUnavailable)) throw error;
    const backbone = await loadBackbone('embedded', { layers });
    return {
      backbone,
      fallback: `${PREFERRED} has no local copy and ${whyNot(error, options)}: using the embedded trunk of ${backbone.name} (to get ${PREFERRED}: latentbrush models fetch ${PREFERRED})`,
    };
  }
}

function whyNot({ cause }: WeightsUnavailable, { offline = false }: LoadBackboneOptions): string {
  if (offline) return 'downloads are off';
  return cause instanceof ProxyVariableError
    ? `could not be fetched (${cause.message})`
    : 'could not be fetched';
}

// A short wait for a connection; a long one after the first bytes.
async function loadPatiently(options: LoadBackboneOptions): Promise<Backbone> {
  let received = 0;
  const onProgress: NonNullable<LoadBackboneOptions['onProgress']> = (progress) => {
    received = progress.received;
    options.onProgress?.(progress);
  };
  try {
    return await loadBackbone(PREFERRED, {
      retries: 1,
      backoff: 300,
      stallTimeout: 3000,
      ...options,
      onProgress,
    });
  } catch (error) {
    if (!(error instanceof WeightsUnavailable) || received === 0) throw error;
    return loadBackbone(PREFERRED, options);
  }
}
