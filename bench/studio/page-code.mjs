import { fileURLToPath } from 'node:url';
import { pageCode } from '../../scripts/page-code.mjs';
import { report } from './figures.mjs';

/** The size of the built page's code without ONNX Runtime, compressed. */
export async function codeSize() {
  const { all, first } = pageCode(
    fileURLToPath(new URL('../../packages/latentbrush/studio-page', import.meta.url)),
  );
  report('code of the page, gzip', all / 1000, 'kB', { below: 300 });
  report('code for the start page, gzip', first / 1000, 'kB', { below: 140 });
}
