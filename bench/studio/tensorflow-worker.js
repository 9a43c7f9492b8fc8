// In a worker of the browser: the decoder of a VAE by TensorFlow.js.
globalThis.importScripts('/tf.js', '/tf-backend-wasm.js');
const tfjs = globalThis.tf;

const decoders = {};

addEventListener('message', async ({ data: request }) => {
  try {
    if (request.type === 'start') {
      const { architecture, weights } = request.model;
      await startTensorFlow(request.threads);
      decoders.fused = fusedDecoder(architecture, weights);
      decoders.layers = layersDecoder(architecture, weights);
      const version = `TensorFlow.js ${tfjs.version.tfjs}, ${tfjs.getBackend()}, threads: ${tfjs.wasm.getThreadsCount()}`;
      postMessage({ type: 'started', version });
    } else {
      const data = await decoders[request.form](request.z, request.batch);
      postMessage({ type: 'ran', data }, [data.buffer]);
    }
  } catch (error) {
    postMessage({ type: 'failed', message: String(error) });
  }
});

async function startTensorFlow(threads) {
  tfjs.wasm.setWasmPaths('/tf/');
  tfjs.wasm.setThreadsCount(threads);
  if (threads === 1) tfjs.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tfjs.setBackend('wasm');
  await tfjs.ready();
}

/** Number of times that the decoder doubles the size of its maps. */
function stagesOf(weights) {
  return weights.filter(({ name }) => name.endsWith('up/kernel')).length;
}

/** The network with the fused kernels of TensorFlow.js, written by hand: its fastest form. */
function fusedDecoder({ size }, weights) {
  const arrays = Object.fromEntries(weights.map(({ name, shape, data }) => [name, tfjs.tensor(data, shape)]));
  // [out, in, height, width] to [height, width, in, out]
  for (const name of Object.keys(arrays))
    if (arrays[name].rank === 4) arrays[name] = tfjs.transpose(arrays[name], [2, 3, 1, 0]);
  const dense = (name, a, activation) =>
    tfjs.fused.matMul({ a, b: arrays[`${name}/kernel`], bias: arrays[`${name}/bias`], activation });
  const conv = (name, x, activation) =>
    tfjs.fused.conv2d({
      x,
      filter: arrays[`${name}/kernel`],
      bias: arrays[`${name}/bias`],
      strides: 1,
      pad: 'same',
      activation,
    });
  const stages = stagesOf(weights);
  const smallest = size / 2 ** stages;
  return async (z, batch) => {
    const pictures = tfjs.tidy(() => {
      const hidden = dense('dense_1', tfjs.tensor2d(z, [batch, z.length / batch]), 'relu');
      const flat = dense('dense_2', hidden, 'linear');
      const channels = flat.shape[1] / smallest ** 2;
      let x = tfjs.transpose(tfjs.reshape(flat, [batch, channels, smallest, smallest]), [0, 2, 3, 1]);
      for (let stage = 1; stage <= stages; stage++) {
        const inner = conv(`stage_${stage}/residual/conv_1`, tfjs.relu(x), 'relu');
        x = tfjs.add(x, conv(`stage_${stage}/residual/conv_2`, inner, 'linear'));
        const side = smallest * 2 ** stage;
        x = tfjs.image.resizeNearestNeighbor(tfjs.relu(x), [side, side]);
        x = conv(`stage_${stage}/up`, x, 'linear');
      }
      return tfjs.sigmoid(conv('conv', tfjs.relu(x), 'linear'));
    });
    const data = await pictures.data();
    pictures.dispose();
    return data;
  };
}

/** The network as a model of layers, as Keras models are run in TensorFlow.js. */
function layersDecoder({ size, channels, latent }, weights) {
  const stages = stagesOf(weights);
  const smallest = size / 2 ** stages;
  const shapes = Object.fromEntries(weights.map(({ name, shape }) => [name, shape]));
  const named = [];
  const layer = (name, made) => {
    named.push({ name, made });
    return made;
  };
  const dense = (name, activation) =>
    layer(name, tfjs.layers.dense({ units: shapes[`${name}/kernel`][1], activation }));
  const conv = (name, activation) =>
    layer(
      name,
      tfjs.layers.conv2d({
        filters: shapes[`${name}/kernel`][0],
        kernelSize: 3,
        padding: 'same',
        activation,
      }),
    );
  const input = tfjs.input({ shape: [latent] });
  let x = dense('dense_2', 'linear').apply(dense('dense_1', 'relu').apply(input));
  const width = x.shape[1] / smallest ** 2;
  x = tfjs.layers.reshape({ targetShape: [width, smallest, smallest] }).apply(x);
  x = tfjs.layers.permute({ dims: [2, 3, 1] }).apply(x);
  for (let stage = 1; stage <= stages; stage++) {
    const inner = conv(`stage_${stage}/residual/conv_1`, 'relu').apply(tfjs.layers.reLU().apply(x));
    x = tfjs.layers.add().apply([x, conv(`stage_${stage}/residual/conv_2`, 'linear').apply(inner)]);
    x = tfjs.layers.upSampling2d({ size: [2, 2] }).apply(tfjs.layers.reLU().apply(x));
    x = conv(`stage_${stage}/up`, 'linear').apply(x);
  }
  const pictures = conv('conv', 'sigmoid').apply(tfjs.layers.reLU().apply(x));
  if (pictures.shape[3] !== channels) throw new Error(`${pictures.shape[3]} channels`);
  const model = tfjs.model({ inputs: input, outputs: pictures });
  const arrays = Object.fromEntries(weights.map(({ name, shape, data }) => [name, tfjs.tensor(data, shape)]));
  for (const { name, made } of named) {
    const kernel = arrays[`${name}/kernel`];
    made.setWeights([
      kernel.rank === 4 ? tfjs.transpose(kernel, [2, 3, 1, 0]) : kernel,
      arrays[`${name}/bias`],
    ]);
  }
  return async (z, batch) => {
    const decoded = tfjs.tidy(() => model.predict(tfjs.tensor2d(z, [batch, latent])));
    const data = await decoded.data();
    decoded.dispose();
    return data;
  };
}
