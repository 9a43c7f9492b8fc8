# Evaluations of DeepDream's and style transfer's losses with the gradient for the picture, as the book writes them.
from typing import NamedTuple

import torch

from inception_v3 import InceptionV3
from random_values import picture
from vgg19 import Vgg19

HEIGHT, WIDTH = 400, 600


class Evaluation(NamedTuple):
    loss: float
    gradient: torch.Tensor


def evaluation(loss_of, x):
    def run():
        x.grad = None
        loss = loss_of(x)
        loss.backward()
        return Evaluation(loss.item(), x.grad)

    return run


def dream_evaluation():
    network = InceptionV3()
    x = picture(1, HEIGHT, WIDTH, 1).requires_grad_()

    def loss(x):
        return sum(
            coefficient * activation[:, :, 2:-2, 2:-2].square().sum() / activation.numel()
            for coefficient, activation in zip((0.2, 3, 2, 1.5), network(x))
        )

    return evaluation(loss, x)


def style_evaluation():
    network = Vgg19()
    x = picture(1, HEIGHT, WIDTH, 128).requires_grad_()
    with torch.no_grad():
        _, content = network(picture(2, HEIGHT, WIDTH, 128))
        firsts, _ = network(picture(3, HEIGHT, WIDTH, 64))
        grams = [gram(first) for first in firsts]
    scale = 4 * 3**2 * (HEIGHT * WIDTH) ** 2

    def loss(x):
        firsts, last = network(x)
        styles = sum((gram(first) - target).square().sum() for first, target in zip(firsts, grams))
        return (
            0.025 * (last - content).square().sum() + styles / (5 * scale) + 1e-4 * total_variation(x)
        )

    return evaluation(loss, x)


def gram(x):
    features = x[0].flatten(1)
    return features @ features.T


def total_variation(x):
    down = (x[:, :, :-1, :-1] - x[:, :, 1:, :-1]).square()
    right = (x[:, :, :-1, :-1] - x[:, :, :-1, 1:]).square()
    return (down + right).pow(1.25).sum()
