"""The measured work in PyTorch: python -m peers.pytorch, in bench/."""

import os

import torch
import torch.nn.functional as F
from torch import nn

from networks.inception_v3 import DREAM_LAYERS, inception_v3
from networks.random_values import convolution_weights, picture
from networks.vgg19 import (
    CONTENT_LAYER,
    CONTENT_WEIGHT,
    STYLE_LAYERS,
    STYLE_WEIGHT,
    TOTAL_VARIATION_WEIGHT,
    vgg19,
)
from peers.serve import serve

torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
torch.manual_seed(0)
BATCH, WINDOW, CHARACTERS, UNITS = 128, 60, 57, 128
STEPS = 10  # in one measurement, so that threads and caches are warm
HEIGHT, WIDTH = 400, 600
GAN_BATCH = 20


def eager(f):
    return f


def configurations(prepare):
    """prepare(memory_format, compile) eagerly and compiled."""
    return {
        "eager": lambda: prepare(torch.contiguous_format, eager),
        "torch.compile": lambda: prepare(torch.contiguous_format, torch.compile),
    }


def picture_configurations(prepare):
    """prepare(memory_format, compile) for work on pictures, where channels_last was the faster layout in every compiled case."""
    return {
        "eager": lambda: prepare(torch.contiguous_format, eager),
        "channels_last": lambda: prepare(torch.channels_last, eager),
        "channels_last, torch.compile": lambda: prepare(torch.channels_last, torch.compile),
    }


class CharacterLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(CHARACTERS, UNITS, batch_first=True)
        self.dense = nn.Linear(UNITS, CHARACTERS)

    def forward(self, x):
        return self.dense(self.lstm(x)[0][:, -1])


def rmsprop(model, rate):
    return torch.optim.RMSprop(model.parameters(), lr=rate, alpha=0.9, eps=1e-7)


def text_step(memory_format, compile):
    model = CharacterLstm()
    optimizer = rmsprop(model, 0.01)
    x = F.one_hot(torch.randint(CHARACTERS, (BATCH, WINDOW)), CHARACTERS).float()
    y = torch.randint(CHARACTERS, (BATCH,))
    loss = compile(lambda: F.cross_entropy(model(x), y))

    def run():
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss().backward()
            optimizer.step()

    return run


def text_sample(memory_format, compile):
    # the book's loop: the whole window is read again for each of 100 characters
    model = compile(CharacterLstm().eval())

    def run():
        window = [0] * WINDOW
        with torch.inference_mode():
            for _ in range(100):
                x = F.one_hot(torch.tensor([window]), CHARACTERS).float()
                p = torch.softmax(model(x)[0].double() / 0.5, 0)
                window = window[1:] + [int(torch.multinomial(p, 1))]

    return run


def conv_step(memory_format, compile):
    x = torch.rand(20, 256, 32, 32).to(memory_format=memory_format).requires_grad_()
    w = torch.rand(256, 256, 5, 5).to(memory_format=memory_format).requires_grad_()
    dy = torch.rand(20, 256, 32, 32).to(memory_format=memory_format)
    convolve = compile(lambda: F.conv2d(x, w, padding=2))

    def run():
        x.grad = w.grad = None
        y = convolve()
        y.backward(dy)
        with torch.no_grad():
            y.mean() + x.grad.mean(), w - 0.01 * w.grad  # what ours gives

    return run


def gemm():
    a, b = torch.rand(2048, 2048), torch.rand(2048, 2048)

    def run():
        a @ b

    return run


class FrozenOperators:
    """Operators of networks/ whose kernels never change: only the picture asks for a gradient."""

    def __init__(self, memory_format):
        self.memory_format = memory_format
        self.weights = []

    def network(self, build):
        """build's network as a function of the picture; its weights are made at the first call."""

        def call(x):
            self.index = 0
            return build(x, self)

        return call

    def conv(self, x, filters, size, strides=1, padding="same"):
        if self.index == len(self.weights):
            kernel, bias = convolution_weights(self.index, x.shape[1], filters, size)
            kernel = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy()).to(memory_format=self.memory_format)
            self.weights.append((kernel, torch.from_numpy(bias)))
        kernel, bias = self.weights[self.index]
        self.index += 1
        pad = tuple(length // 2 for length in size) if padding == "same" else 0
        return F.relu_(F.conv2d(x, kernel, bias, strides, pad))

    def max_pool(self, x, size, strides):
        return F.max_pool2d(x, size, strides)

    def average_pool(self, x, size):
        return F.avg_pool2d(x, size, 1, size // 2, count_include_pad=False)

    def concat(self, xs):
        return torch.cat(xs, 1)


def noise(stream, bound, memory_format):
    return torch.from_numpy(picture(stream, HEIGHT, WIDTH, bound)).permute(0, 3, 1, 2).contiguous(memory_format=memory_format)


def evaluation(loss_of, x, compile):
    loss_of(x)  # makes the weights
    loss_of = compile(loss_of)
    x.requires_grad_()

    def run():
        x.grad = None
        loss = loss_of(x)
        loss.backward()
        return loss.item(), x.grad.numpy()

    return run


def dream_evaluation(memory_format, compile):
    network = FrozenOperators(memory_format).network(inception_v3)

    def loss(x):
        layers = network(x)
        return sum(
            coefficient * layers[name][:, :, 2:-2, 2:-2].square().sum() / layers[name].numel()
            for name, coefficient in DREAM_LAYERS.items()
        )

    return evaluation(loss, noise(1, 1, memory_format), compile)


def style_evaluation(memory_format, compile):
    network = FrozenOperators(memory_format).network(vgg19)
    with torch.no_grad():
        content = network(noise(2, 128, memory_format))[CONTENT_LAYER]
        style = network(noise(3, 64, memory_format))
        grams = {name: gram(style[name]) for name in STYLE_LAYERS}
    scale = STYLE_WEIGHT / (4 * 3**2 * (HEIGHT * WIDTH) ** 2)

    def loss(x):
        layers = network(x)
        styles = sum((gram(layers[name]) - target).square().sum() for name, target in grams.items())
        difference = (layers[CONTENT_LAYER] - content).square().sum()
        return CONTENT_WEIGHT * difference + scale * styles + TOTAL_VARIATION_WEIGHT * total_variation(x)

    return evaluation(loss, noise(1, 128, memory_format), compile)


def gram(x):
    features = x[0].flatten(1)
    return features @ features.T


def total_variation(x):
    down = (x[:, :, :-1, :-1] - x[:, :, 1:, :-1]).square()
    right = (x[:, :, :-1, :-1] - x[:, :, :-1, 1:]).square()
    return (down + right).pow(1.25).sum()


def keras_init(module):
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        nn.init.xavier_uniform_(module.weight)
        nn.init.zeros_(module.bias)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
            nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
            nn.Flatten(), nn.Linear(12544, 32), nn.ReLU(),
        )  # fmt: skip
        self.mean, self.log_var = nn.Linear(32, 2), nn.Linear(32, 2)
        self.decoder = nn.Sequential(
            nn.Linear(2, 12544), nn.ReLU(), nn.Unflatten(1, (64, 14, 14)),
            nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
            nn.Conv2d(32, 1, 3, padding=1),
        )  # fmt: skip
        self.apply(keras_init)


def vae_steps(batch):
    def prepare(memory_format, compile):
        model = Vae().to(memory_format=memory_format)
        optimizer = rmsprop(model, 1e-3)
        pictures = torch.randint(256, (20 * batch, 1, 28, 28), dtype=torch.uint8)
        step = 0

        @compile
        def loss_of(x):
            hidden = model.encoder(x)
            mean, log_var = model.mean(hidden), model.log_var(hidden)
            z = mean + torch.exp(log_var / 2) * torch.randn_like(mean)
            reconstruction = F.binary_cross_entropy_with_logits(model.decoder(z), x)
            return reconstruction - 5e-4 * (1 + log_var - mean.square() - log_var.exp()).mean()

        def run():
            nonlocal step
            for _ in range(STEPS):
                start = step * batch % len(pictures)
                step += 1
                optimizer.zero_grad()
                loss_of((pictures[start : start + batch].float() / 255).to(memory_format=memory_format)).backward()
                optimizer.step()

        return run

    return prepare


def vae_grid(memory_format, compile):
    decoder = compile(Vae().decoder.to(memory_format=memory_format).eval())
    points = torch.randn(225, 2)

    def run():
        with torch.inference_mode():
            torch.sigmoid(decoder(points))

    return run


def generator():
    leaky = lambda: nn.LeakyReLU(0.3)  # noqa: E731
    return nn.Sequential(
        nn.Linear(32, 128 * 16 * 16), leaky(), nn.Unflatten(1, (128, 16, 16)),
        nn.Conv2d(128, 256, 5, padding=2), leaky(),
        nn.ConvTranspose2d(256, 256, 4, stride=2, padding=1), leaky(),
        nn.Conv2d(256, 256, 5, padding=2), leaky(),
        nn.Conv2d(256, 256, 5, padding=2), leaky(),
        nn.Conv2d(256, 3, 7, padding=3), nn.Tanh(),
    )  # fmt: skip


def discriminator():
    leaky = lambda: nn.LeakyReLU(0.3)  # noqa: E731
    return nn.Sequential(
        nn.Conv2d(3, 128, 3), leaky(),
        nn.Conv2d(128, 128, 4, stride=2), leaky(),
        nn.Conv2d(128, 128, 4, stride=2), leaky(),
        nn.Conv2d(128, 128, 4, stride=2), leaky(),
        nn.Flatten(), nn.Dropout(0.4), nn.Linear(512, 1),
    )  # fmt: skip


def gan_iteration(memory_format, compile):
    networks = {
        name: network.apply(keras_init).to(memory_format=memory_format)
        for name, network in (("generator", generator()), ("discriminator", discriminator()))
    }
    optimizers = {name: rmsprop(networks[name], rate) for name, rate in (("generator", 4e-4), ("discriminator", 8e-4))}
    generate, discriminate = (compile(network) for network in networks.values())
    pictures = torch.randint(256, (400, 3, 32, 32), dtype=torch.uint8)
    start = 0

    def update(name, loss):
        optimizers[name].zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(networks[name].parameters(), 1.0)
        optimizers[name].step()

    def run():
        nonlocal start
        with torch.no_grad():
            generated = generate(torch.randn(GAN_BATCH, 32))
        real = pictures[start : start + GAN_BATCH].float() / 127.5 - 1
        start = (start + GAN_BATCH) % len(pictures)
        labels = torch.cat([torch.ones(GAN_BATCH, 1), torch.zeros(GAN_BATCH, 1)])
        labels += 0.05 * torch.rand_like(labels)
        scores = discriminate(torch.cat([generated, real]).to(memory_format=memory_format))
        update("discriminator", F.binary_cross_entropy_with_logits(scores, labels))
        for parameter in networks["discriminator"].parameters():
            parameter.requires_grad_(False)
        scores = discriminate(generate(torch.randn(GAN_BATCH, 32)))
        update("generator", F.binary_cross_entropy_with_logits(scores, torch.zeros_like(scores)))
        for parameter in networks["discriminator"].parameters():
            parameter.requires_grad_(True)

    return run


if __name__ == "__main__":
    serve(
        f"PyTorch {torch.__version__.split('+')[0]}",
        {
            "text-step": lambda: configurations(text_step),
            "text-sample": lambda: configurations(text_sample),
            "conv-step": lambda: picture_configurations(conv_step),
            "dream-evaluation": lambda: picture_configurations(dream_evaluation),
            "style-evaluation": lambda: picture_configurations(style_evaluation),
            "gemm": lambda: {"eager": gemm},
            "vae-step-16": lambda: picture_configurations(vae_steps(16)),
            "vae-step-128": lambda: picture_configurations(vae_steps(128)),
            "vae-grid": lambda: picture_configurations(vae_grid),
            "gan-iteration": lambda: picture_configurations(gan_iteration),
        },
    )
