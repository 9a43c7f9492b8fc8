// Training steps of the book's VAE and GAN in TensorFlow.js.

/** Cases for a TensorFlow.js that is set to its backend. */
export function latentCases(tf) {
  const { layers } = tf;
  const conv = (filters, kernelSize, options = {}) =>
    layers.conv2d({ filters, kernelSize, padding: 'same', ...options });
  const leaky = () => layers.leakyReLU({ alpha: 0.3 });
  const stack = (parts) => tf.sequential({ layers: parts });
  const variables = (models) => models.flatMap((model) => model.trainableWeights.map(({ val }) => val));

  const vaeSteps = (batch) => {
    const relu = { activation: 'relu' };
    const trunk = stack([
      conv(32, 3, { ...relu, inputShape: [28, 28, 1] }),
      conv(64, 3, { ...relu, strides: 2 }),
      conv(64, 3, relu),
      conv(64, 3, relu),
      layers.flatten(),
      layers.dense({ units: 32, ...relu }),
    ]);
    const mean = stack([layers.dense({ units: 2, inputShape: [32] })]);
    const logVar = stack([layers.dense({ units: 2, inputShape: [32] })]);
    const decoder = stack([
      layers.dense({ units: 12544, ...relu, inputShape: [2] }),
      layers.reshape({ targetShape: [14, 14, 64] }),
      layers.conv2dTranspose({ filters: 32, kernelSize: 3, strides: 2, padding: 'same', ...relu }),
      conv(1, 3),
    ]);
    const trained = variables([trunk, mean, logVar, decoder]);
    const optimizer = tf.train.rmsprop(1e-3, 0.9);
    const x = tf.randomUniform([batch, 28, 28, 1]);
    const loss = () => {
      const hidden = trunk.apply(x);
      const [m, v] = [mean.apply(hidden), logVar.apply(hidden)];
      const z = tf.add(m, tf.mul(tf.exp(tf.div(v, 2)), tf.randomNormal([batch, 2])));
      const reconstruction = tf.losses.sigmoidCrossEntropy(x, decoder.apply(z));
      const kl = tf.mul(tf.mean(tf.sub(tf.sub(tf.add(1, v), tf.square(m)), tf.exp(v))), -5e-4);
      return tf.add(reconstruction, kl);
    };
    return async () => {
      const value = optimizer.minimize(loss, true, trained);
      await value.data();
      value.dispose();
    };
  };

  const ganIteration = () => {
    const generator = stack([
      layers.dense({ units: 128 * 16 * 16, inputShape: [32] }),
      leaky(),
      layers.reshape({ targetShape: [16, 16, 128] }),
      conv(256, 5),
      leaky(),
      layers.conv2dTranspose({ filters: 256, kernelSize: 4, strides: 2, padding: 'same' }),
      leaky(),
      conv(256, 5),
      leaky(),
      conv(256, 5),
      leaky(),
      conv(3, 7, { activation: 'tanh' }),
    ]);
    const valid = { padding: 'valid' };
    const discriminator = stack([
      conv(128, 3, { ...valid, inputShape: [32, 32, 3] }),
      leaky(),
      ...[1, 2, 3].flatMap(() => [conv(128, 4, { ...valid, strides: 2 }), leaky()]),
      layers.flatten(),
      layers.dropout({ rate: 0.4 }),
      layers.dense({ units: 1 }),
    ]);
    const optimizers = { generator: tf.train.rmsprop(4e-4, 0.9), discriminator: tf.train.rmsprop(8e-4, 0.9) };
    const real = tf.randomUniform([20, 32, 32, 3], -1, 1);
    const labels = tf.concat([tf.ones([20, 1]), tf.zeros([20, 1])]);
    return async () => {
      const generated = tf.tidy(() => generator.apply(tf.randomNormal([20, 32])));
      const ofDiscriminator = optimizers.discriminator.minimize(
        () =>
          tf.losses.sigmoidCrossEntropy(
            tf.add(labels, tf.randomUniform([40, 1], 0, 0.05)),
            discriminator.apply(tf.concat([generated, real]), { training: true }),
          ),
        true,
        variables([discriminator]),
      );
      const ofGenerator = optimizers.generator.minimize(
        () =>
          tf.losses.sigmoidCrossEntropy(
            tf.zeros([20, 1]),
            discriminator.apply(generator.apply(tf.randomNormal([20, 32])), { training: true }),
          ),
        true,
        variables([generator]),
      );
      await ofGenerator.data();
      tf.dispose([generated, ofDiscriminator, ofGenerator]);
    };
  };

  return {
    'vae-step-16': () => vaeSteps(16),
    'vae-step-128': () => vaeSteps(128),
    'gan-iteration': ganIteration,
  };
}
