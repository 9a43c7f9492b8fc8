"""The measured work in Keras with the TensorFlow backend: python -m peers.keras, in bench/."""

import os

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import layers  # noqa: E402

from networks.inception_v3 import DREAM_LAYERS, inception_v3  # noqa: E402
from networks.random_values import convolution_weights, picture  # noqa: E402
from networks.vgg19 import (  # noqa: E402
    CONTENT_LAYER,
    CONTENT_WEIGHT,
    STYLE_LAYERS,
    STYLE_WEIGHT,
    TOTAL_VARIATION_WEIGHT,
    vgg19,
)
from peers.serve import serve  # noqa: E402

keras.utils.set_random_seed(0)
BATCH, WINDOW, CHARACTERS, UNITS = 128, 60, 57, 128
STEPS = 10  # in one measurement, so that threads and caches are warm
HEIGHT, WIDTH = 400, 600
GAN_BATCH = 20


def configurations(prepare):
    """prepare(compile) as a graph of TensorFlow and compiled by XLA; eager execution is slower than both in every case here."""
    return {
        "tf.function": lambda: prepare(tf.function),
        "jit_compile=True": lambda: prepare(lambda f: tf.function(f, jit_compile=True)),
    }


def gradient_step(model, optimizer, loss_of, compile):
    """A training step as Keras' guide to own training loops writes it."""

    def step(*inputs):
        with tf.GradientTape() as tape:
            loss = loss_of(*inputs)
        gradients = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(gradients, model.trainable_weights))
        return loss

    optimizer.build(model.trainable_weights)
    return compile(step)


def character_lstm():
    return keras.Sequential(
        [keras.Input((WINDOW, CHARACTERS)), layers.LSTM(UNITS), layers.Dense(CHARACTERS, activation="softmax")]
    )


def text_step(compile):
    model = character_lstm()
    x = tf.one_hot(np.random.randint(CHARACTERS, size=(BATCH, WINDOW)), CHARACTERS)
    y = tf.one_hot(np.random.randint(CHARACTERS, size=BATCH), CHARACTERS)
    loss = keras.losses.CategoricalCrossentropy()
    step = gradient_step(
        model, keras.optimizers.RMSprop(0.01), lambda x, y: loss(y, model(x, training=True)), compile
    )
    return repeated(lambda: step(x, y))


def repeated(step):
    def run():
        for _ in range(STEPS):
            loss = step()
        loss.numpy()  # waits

    return run


def text_sample(compile):
    # the book's loop: the whole window is read again for each of 100 characters
    model = character_lstm()
    predict = compile(lambda window: model(tf.one_hot(window, CHARACTERS), training=False))

    def run():
        window = [0] * WINDOW
        for _ in range(100):
            p = predict(tf.constant([window])).numpy()[0].astype("float64") ** 2  # temperature 0.5
            window = window[1:] + [int(np.random.multinomial(1, p / p.sum()).argmax())]

    return run


def conv_step(compile):
    x, dy = (tf.random.uniform((20, 32, 32, 256)) for _ in range(2))
    w = tf.random.uniform((5, 5, 256, 256))

    @compile
    def step(x, w, dy):
        with tf.GradientTape() as tape:
            tape.watch([x, w])
            y = tf.nn.conv2d(x, w, 1, "SAME")
        dx, dw = tape.gradient(y, [x, w], dy)
        return tf.reduce_mean(y) + tf.reduce_mean(dx), w - 0.01 * dw  # what ours gives

    return lambda: waited(step(x, w, dy))


def waited(results):
    """Gives nothing; returns when the results are there."""
    for result in results:
        result.numpy()


def gemm(compile):
    a, b = (tf.random.uniform((2048, 2048)) for _ in range(2))
    product = compile(tf.matmul)
    return lambda: waited([product(a, b)])


class FrozenOperators:
    """Operators of networks/ as layers of Keras whose kernels never change."""

    def __init__(self):
        self.count = 0

    def conv(self, x, filters, size, strides=1, padding="same"):
        layer = layers.Conv2D(filters, size, strides, padding, activation="relu", trainable=False)
        inputs = x.shape[-1]
        x = layer(x)
        layer.set_weights(convolution_weights(self.count, inputs, filters, size))
        self.count += 1
        return x

    def max_pool(self, x, size, strides):
        return layers.MaxPooling2D(size, strides)(x)

    def average_pool(self, x, size):
        return layers.AveragePooling2D(size, 1, "same")(x)

    def concat(self, xs):
        return layers.Concatenate()(xs)


def frozen(build):
    x = keras.Input((HEIGHT, WIDTH, 3), batch_size=1)
    return keras.Model(x, build(x, FrozenOperators()))


def noise(stream, bound):
    return tf.constant(picture(stream, HEIGHT, WIDTH, bound))


def evaluation(loss_of, x, compile):
    @compile
    def evaluate(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = loss_of(x)
        return loss, tape.gradient(loss, x)

    def run():
        loss, gradient = evaluate(x)
        return loss.numpy(), gradient.numpy()

    return run


def dream_evaluation(compile):
    network = frozen(inception_v3)

    def loss(x):
        activations = network(x)
        return sum(
            coefficient * tf.reduce_sum(tf.square(activations[name][:, 2:-2, 2:-2])) / np.prod(activations[name].shape)
            for name, coefficient in DREAM_LAYERS.items()
        )

    return evaluation(loss, noise(1, 1), compile)


def style_evaluation(compile):
    network = frozen(vgg19)
    content = network(noise(2, 128))[CONTENT_LAYER]
    style = network(noise(3, 64))
    grams = {name: gram(style[name]) for name in STYLE_LAYERS}
    scale = STYLE_WEIGHT / (4 * 3**2 * (HEIGHT * WIDTH) ** 2)

    def loss(x):
        activations = network(x)
        difference = tf.reduce_sum(tf.square(activations[CONTENT_LAYER] - content))
        styles = sum(tf.reduce_sum(tf.square(gram(activations[name]) - target)) for name, target in grams.items())
        return CONTENT_WEIGHT * difference + scale * styles + TOTAL_VARIATION_WEIGHT * total_variation(x)

    return evaluation(loss, noise(1, 128), compile)


def gram(x):
    features = tf.reshape(x, (-1, x.shape[-1]))
    return tf.matmul(features, features, transpose_a=True)


def total_variation(x):
    down = tf.square(x[:, :-1, :-1] - x[:, 1:, :-1])
    right = tf.square(x[:, :-1, :-1] - x[:, :-1, 1:])
    return tf.reduce_sum(tf.pow(down + right, 1.25))


def vae_decoder():
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(12544, activation="relu"),
            layers.Reshape((14, 14, 64)),
            layers.Conv2DTranspose(32, 3, 2, "same", activation="relu"),
            layers.Conv2D(1, 3, padding="same"),
        ]
    )


def vae_encoder():
    x = pictures = keras.Input((28, 28, 1))
    for filters, strides in ((32, 1), (64, 2), (64, 1), (64, 1)):
        x = layers.Conv2D(filters, 3, strides, "same", activation="relu")(x)
    x = layers.Dense(32, activation="relu")(layers.Flatten()(x))
    return keras.Model(pictures, [layers.Dense(2)(x), layers.Dense(2)(x)])


def vae_steps(batch):
    def prepare(compile):
        model = keras.Model()
        model.encoder, model.decoder = vae_encoder(), vae_decoder()
        pictures = np.random.randint(256, size=(20 * batch, 28, 28, 1), dtype=np.uint8)
        position = 0

        def loss_of(pictures):
            x = tf.cast(pictures, tf.float32) / 255
            mean, log_var = model.encoder(x)
            z = mean + tf.exp(log_var / 2) * tf.random.normal(tf.shape(mean))
            reconstruction = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(x, model.decoder(z)))
            return reconstruction - 5e-4 * tf.reduce_mean(1 + log_var - tf.square(mean) - tf.exp(log_var))

        step = gradient_step(model, keras.optimizers.RMSprop(1e-3), loss_of, compile)

        def next_step():
            nonlocal position
            start = position * batch % len(pictures)
            position += 1
            return step(tf.constant(pictures[start : start + batch]))

        return repeated(next_step)

    return prepare


def vae_grid(compile):
    decoder = vae_decoder()
    points = tf.random.normal((225, 2))
    decode = compile(lambda points: tf.sigmoid(decoder(points, training=False)))
    return lambda: waited([decode(points)])


def generator():
    leaky = lambda: layers.LeakyReLU(0.3)  # noqa: E731
    return keras.Sequential(
        [
            keras.Input((32,)),
            layers.Dense(128 * 16 * 16), leaky(), layers.Reshape((16, 16, 128)),
            layers.Conv2D(256, 5, padding="same"), leaky(),
            layers.Conv2DTranspose(256, 4, 2, "same"), leaky(),
            layers.Conv2D(256, 5, padding="same"), leaky(),
            layers.Conv2D(256, 5, padding="same"), leaky(),
            layers.Conv2D(3, 7, padding="same", activation="tanh"),
        ]
    )  # fmt: skip


def discriminator():
    leaky = lambda: layers.LeakyReLU(0.3)  # noqa: E731
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(128, 3), leaky(),
            layers.Conv2D(128, 4, 2), leaky(),
            layers.Conv2D(128, 4, 2), leaky(),
            layers.Conv2D(128, 4, 2), leaky(),
            layers.Flatten(), layers.Dropout(0.4), layers.Dense(1),
        ]
    )  # fmt: skip


def gan_iteration(compile):
    generate, discriminate = generator(), discriminator()
    pictures = np.random.randint(256, size=(400, 32, 32, 3), dtype=np.uint8)
    position = 0

    def entropy(labels, pictures):
        scores = discriminate(pictures, training=True)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, scores))

    def loss_of_discriminator(generated, real):
        labels = tf.concat([tf.ones((GAN_BATCH, 1)), tf.zeros((GAN_BATCH, 1))], 0)
        labels += 0.05 * tf.random.uniform(tf.shape(labels))
        real = tf.cast(real, tf.float32) / 127.5 - 1
        return entropy(labels, tf.concat([generated, real], 0))

    def loss_of_generator(points):
        return entropy(tf.zeros((GAN_BATCH, 1)), generate(points, training=True))

    steps = [
        gradient_step(network, keras.optimizers.RMSprop(rate, clipvalue=1.0), loss_of, compile)
        for network, rate, loss_of in (
            (discriminate, 8e-4, loss_of_discriminator),
            (generate, 4e-4, loss_of_generator),
        )
    ]
    draw = compile(lambda points: generate(points, training=False))

    def run():
        nonlocal position
        generated = draw(tf.random.normal((GAN_BATCH, 32)))
        real = tf.constant(pictures[position : position + GAN_BATCH])
        position = (position + GAN_BATCH) % len(pictures)
        waited([steps[0](generated, real), steps[1](tf.random.normal((GAN_BATCH, 32)))])

    return run


if __name__ == "__main__":
    serve(
        f"Keras {keras.__version__} on TensorFlow {tf.__version__}",
        {
            "text-step": lambda: configurations(text_step),
            "text-sample": lambda: configurations(text_sample),
            "conv-step": lambda: configurations(conv_step),
            "dream-evaluation": lambda: configurations(dream_evaluation),
            "style-evaluation": lambda: configurations(style_evaluation),
            "gemm": lambda: configurations(gemm),
            "vae-step-16": lambda: configurations(vae_steps(16)),
            "vae-step-128": lambda: configurations(vae_steps(128)),
            "vae-grid": lambda: configurations(vae_grid),
            "gan-iteration": lambda: configurations(gan_iteration),
        },
    )
