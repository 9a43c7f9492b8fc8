// Measures the time of L-BFGS in style transfer, relative to that of its evaluations. It paints starry-night over tubingen at 400x533, by the code of
// `latentbrush style`, on the embedded trunk and on VGG19 with random weights. Goal: under 5 %.
//
//   node bench/lbfgs-share.mjs <content picture> <style picture>
import { backbones, style } from '../packages/latentbrush/dist/index.js';
import { readPicture } from '../packages/latentbrush/dist/image/index.js';
import { randomVgg19 } from './networks/random-vgg19.mjs';

const { PixelObjective } = backbones;
const evaluate = PixelObjective.prototype.evaluate;
let spans = [];
PixelObjective.prototype.evaluate = async function (pixels) {
  const begin = performance.now();
  const result = await evaluate.call(this, pixels);
  spans.push({ begin, end: performance.now() });
  return result;
};

const [contentPath, stylePath] = process.argv.slice(2);
if (stylePath === undefined) {
  console.error('usage: node bench/lbfgs-share.mjs <content picture> <style picture>');
  process.exit(2);
}
const [content, picture] = [await readPicture(contentPath), await readPicture(stylePath)];
for (const backbone of [await backbones.embeddedTrunk(), randomVgg19()]) {
  const options = { rounds: 3, evaluations: 20, pyramid: 1 };
  for await (const event of style.paint(backbone, content, [{ picture }], options)) {
    if (event.type !== 'round') continue;
    const inside = spans.reduce((sum, { begin, end }) => sum + end - begin, 0);
    const whole = spans.at(-1).end - spans[0].begin;
    console.log(
      `${backbone.name}, round ${event.round}: ${(inside / spans.length).toFixed(0)} ms an evaluation, L-BFGS ${((100 * (whole - inside)) / inside).toFixed(1)} %`,
    );
    spans = [];
  }
}
