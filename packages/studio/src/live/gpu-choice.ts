import type { Work } from './live-runtime.ts';

/** The parts of WebGPU that are used here. */
interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: Partial<
    Record<'vendor' | 'architecture' | 'device' | 'description', string> & { isFallbackAdapter: boolean }
  >;
}

/** Programs that compute on the processor what a GPU would. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

/** The key of the page's storage that chooses the device: `gpu`, also a simulated one and for small networks; or `processor`. */
const CHOSEN = 'latentbrush-computes-on';

let hasFailed = false;

/** The answer of the browser: it is asked once, since Chromium writes a line into the console each time it has no adapter. */
let found: Promise<Adapter | null> | undefined;

/** Computes nothing more on the GPU, until the page is loaded again. */
export function giveUpGpu(): void {
  hasFailed = true;
}

/**
 * Whether a network should run on the GPU: only large ones, since a small one takes a few milliseconds on the processor, and shows each
 * picture of the screen in time. The kernels for GPUs need WebAssembly's promises (JSPI).
 */
export async function prefersGpu(work: Work): Promise<boolean> {
  const chosen = localStorage.getItem(CHOSEN);
  if (hasFailed || chosen === 'processor' || !('Suspending' in WebAssembly)) return false;
  if (work === 'small' && chosen !== 'gpu') return false;
  const { gpu } = navigator as { gpu?: Gpu };
  found ??= gpu?.requestAdapter().catch(() => null);
  const adapter = (await found) ?? null;
  return adapter !== null && (chosen === 'gpu' || isRealGpu(adapter));
}

/** Whether an adapter is a GPU, not a program that does the work of one. */
export function isRealGpu({ isFallbackAdapter, info = {} }: Adapter): boolean {
  if (isFallbackAdapter === true || info.isFallbackAdapter === true) return false;
  return !SOFTWARE.test([info.vendor, info.architecture, info.device, info.description].join(' '));
}
