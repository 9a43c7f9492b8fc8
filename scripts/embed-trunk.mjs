// Extracts the frozen trunk (convolutions 1 to 50, up to mixed5) from the InceptionV3 in the npm package nsfwjs and writes it as a
// TensorFlow.js layers model for the package latentbrush. The package's files are read as text, never run.
import { Buffer } from 'node:buffer';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const SOURCE = 'node_modules/nsfwjs';
const TARGET = 'packages/latentbrush/assets/inception_v3-mixed5';
const LAST_CONVOLUTION = 50;

/** Write the trunk if it is missing, or is from another version of nsfwjs. */
export function embedTrunk() {
  const { version } = JSON.parse(readFileSync(`${SOURCE}/package.json`, 'utf8'));
  const origin = `npm package nsfwjs ${version}, InceptionV3, layers to mixed5`;
  if (existsSync(`${TARGET}/model.json`)) {
    if (JSON.parse(readFileSync(`${TARGET}/model.json`, 'utf8')).generatedBy === origin) return;
  }
  const { manifest, bytes } = readModel();

  const weights = [];
  const parts = [];
  let offset = 0;
  for (const weight of manifest.weights) {
    const length = weight.shape.reduce(multiplied, 1); // a byte each: quantised to uint8
    const number = Number(/^(?:conv2d|batch_normalization)_(\d+)\//.exec(weight.name)?.[1]);
    if (weight.quantization?.dtype !== 'uint8') throw new Error(`${weight.name} is not quantised to uint8`);
    if (number <= LAST_CONVOLUTION) {
      weights.push(weight);
      parts.push(bytes.subarray(offset, offset + length));
    }
    offset += length;
  }
  if (offset !== bytes.length)
    throw new Error(`nsfwjs: ${bytes.length} bytes of weights, expected ${offset}`);

  const folder = `${TARGET}.writing-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  const model = {
    format: 'layers-model',
    generatedBy: origin,
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  writeFileSync(`${folder}/model.json`, JSON.stringify(model));
  writeFileSync(`${folder}/weights.bin`, Buffer.concat(parts));
  writeFileSync(`${folder}/LICENSE`, readFileSync(`${SOURCE}/LICENSE`));
  rmSync(TARGET, { recursive: true, force: true });
  renameSync(folder, TARGET);
}

/** The manifest and the bytes of the whole model: JSON and base64 inside JavaScript modules. */
function readModel() {
  const folder = `${SOURCE}/dist/models/inception_v3`;
  const source = readFileSync(`${folder}/model.min.js`, 'utf8');
  const literal = /weightsManifest:\[(.*)\]\}\},\{\}\]/.exec(source)?.[1];
  if (literal === undefined) throw new Error('nsfwjs: no weightsManifest in model.min.js');
  const manifest = JSON.parse(jsonOf(literal));
  const shards = manifest.paths.map((/** @type {string} */ path) => {
    const text = readFileSync(`${folder}/${path}.min.js`, 'utf8');
    const base64 = /\.exports="([A-Za-z0-9+/=]+)"/.exec(text)?.[1];
    if (base64 === undefined) throw new Error(`nsfwjs: no base64 in ${path}.min.js`);
    return Buffer.from(base64, 'base64');
  });
  return { manifest, bytes: Buffer.concat(shards) };
}

/** A minified JavaScript literal as JSON: keys quoted, numbers with a digit before the point. */
function jsonOf(/** @type {string} */ literal) {
  return literal.replace(/([{,])(\w+):/g, '$1"$2":').replace(/([:,[-])\./g, '$10.');
}

/** @type {(product: number, size: number) => number} */
function multiplied(product, size) {
  return product * size;
}
