// Runs the decoder of a VAE in the browser, in turn: by ONNX Runtime Web in the worker of the studio's page, by TensorFlow.js in another.

globalThis.measure = async ({ worker, threads, work, rounds }) => {
  const model = await (await fetch('/model.json')).json();
  const { latent } = model.architecture;
  const tensorFlow = await tensorFlowDecoders(model, threads);
  const ours = await studioDecoder(worker, threads);
  const points = (batch) => Float32Array.from({ length: batch * latent }, () => normal());
  let difference = 0;
  const measured = [];
  for (const { batch, decodes } of work) {
    for (const decode of Object.values(tensorFlow.decoders)) {
      const z = points(batch);
      const [one, other] = [await ours(z, batch), planes(await decode(z, batch), batch, model.architecture)];
      if (one.length !== other.length) throw new Error(`${one.length} and ${other.length} values`);
      one.forEach((value, i) => (difference = Math.max(difference, Math.abs(value - other[i]))));
    }
    const times = { batch, ours: [], fused: [], layers: [] };
    for (let round = 0; round < rounds; round++) {
      const zs = Array.from({ length: decodes }, () => points(batch));
      for (const [name, decode] of Object.entries({ ours, ...tensorFlow.decoders })) {
        await decode(zs[0], batch);
        const begin = performance.now();
        for (const z of zs) await decode(z, batch);
        times[name].push((performance.now() - begin) / decodes);
      }
    }
    measured.push(times);
  }
  return { version: tensorFlow.version, difference, measured };
};

/** A worker that answers messages in order. */
function asked(url, options) {
  const worker = new Worker(url, options);
  return (request) =>
    new Promise((done, fail) => {
      worker.onmessage = ({ data }) => (data.type === 'failed' ? fail(new Error(data.message)) : done(data));
      worker.onerror = ({ message }) => fail(new Error(message));
      worker.postMessage(request);
    });
}

/** As the page of the studio does it (`packages/studio/src/live`). */
async function studioDecoder(worker, threads) {
  const ask = asked(worker, { type: 'module' });
  await ask({ type: 'start', number: 1, files: new URL('/ort/', location.href).href, threads });
  const bytes = new Uint8Array(await (await fetch('/model.onnx')).arrayBuffer());
  const { model } = await ask({ type: 'load', number: 2, bytes });
  return async (data, batch) => {
    const z = { dtype: 'float32', data, shape: [batch, data.length / batch] };
    const { outputs } = await ask({ type: 'run', number: 3, model, feeds: { z }, fetches: ['pictures'] });
    return outputs.pictures.data;
  };
}

async function tensorFlowDecoders(model, threads) {
  const ask = asked('/tensorflow-worker.js');
  const { version } = await ask({ type: 'start', model, threads });
  const decode = (form) => async (z, batch) => (await ask({ type: 'run', form, z, batch })).data;
  return { version, decoders: { fused: decode('fused'), layers: decode('layers') } };
}

/** [batch, height, width, channels] as [batch, channels, height, width]. */
function planes(data, batch, { size, channels }) {
  const area = size * size;
  const result = new Float32Array(data.length);
  for (let i = 0; i < batch; i++)
    for (let channel = 0; channel < channels; channel++)
      for (let pixel = 0; pixel < area; pixel++)
        result[(i * channels + channel) * area + pixel] = data[(i * area + pixel) * channels + channel];
  return result;
}

function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
