// Paints a photograph in the style of a painting with the library.
//
//   node examples/style.mjs [height] [rounds] [style picture]
import { backbones, data, image, style } from 'latentbrush';

const [height = 300, rounds = 6] = process.argv.slice(2, 4).map(Number);
const content = await data.loadPhotograph('cat');
const stylePicture = process.argv[4]
  ? await image.readPicture(process.argv[4])
  : await data.loadPainting('starry-night');
const backbone = await backbones.loadBackbone('embedded');

const controller = new AbortController();
process.once('SIGINT', () => controller.abort());

/** @type {style.StyleInput} */
const options = { height, rounds, evaluations: 14 };
const styles = [{ picture: stylePicture, weight: 1 }];

for await (const event of style.paint(backbone, content, styles, { ...options, signal: controller.signal })) {
  if (event.type === 'evaluation' && event.evaluation % 10 === 0)
    console.log(`evaluation ${event.evaluation} of ${event.total}  loss ${event.loss.toFixed(3)}`);
  if (event.type === 'done') {
    await image.writePicture('painting.png', event.picture);
    console.log(`painting.png: ${event.picture.width}x${event.picture.height}`);
  }
}
