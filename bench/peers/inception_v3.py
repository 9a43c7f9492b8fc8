# InceptionV3 to mixed5 as keras.applications.inception_v3 builds it, batch normalisation folded (networks/inception-v3.mjs).
import torch
import torch.nn.functional as F
from torch.nn import ModuleList, Sequential

from frozen_conv import FrozenConvs


class InceptionV3(torch.nn.Module):
    def __init__(self):
        super().__init__()
        conv = FrozenConvs().conv
        self.stem1 = Sequential(
            conv(3, 32, (3, 3), 2, "valid"), conv(32, 32, (3, 3), 1, "valid"), conv(32, 64, (3, 3))
        )
        self.stem2 = Sequential(conv(64, 80, (1, 1)), conv(80, 192, (3, 3), 1, "valid"))
        self.mixed0 = mixed_a(conv, 192, 32)
        self.mixed1 = mixed_a(conv, 256, 64)
        self.mixed2 = mixed_a(conv, 288, 64)
        self.mixed3 = ModuleList(
            [
                conv(288, 384, (3, 3), 2, "valid"),
                Sequential(
                    conv(288, 64, (1, 1)), conv(64, 96, (3, 3)), conv(96, 96, (3, 3), 2, "valid")
                ),
            ]
        )
        self.mixed4 = mixed_b(conv, 128)
        self.mixed5 = mixed_b(conv, 160)

    def forward(self, x):
        """Activations of mixed2 to mixed5."""
        x = F.max_pool2d(self.stem1(x), 3, 2)
        x = F.max_pool2d(self.stem2(x), 3, 2)
        mixed2 = mixed(self.mixed2, mixed(self.mixed1, mixed(self.mixed0, x)))
        branches = [branch(mixed2) for branch in self.mixed3]
        mixed3 = torch.cat([*branches, F.max_pool2d(mixed2, 3, 2)], 1)
        mixed4 = mixed(self.mixed4, mixed3)
        return mixed2, mixed3, mixed4, mixed(self.mixed5, mixed4)


def mixed_a(conv, inputs, pool_filters):
    return ModuleList(
        [
            conv(inputs, 64, (1, 1)),
            Sequential(conv(inputs, 48, (1, 1)), conv(48, 64, (5, 5))),
            Sequential(conv(inputs, 64, (1, 1)), conv(64, 96, (3, 3)), conv(96, 96, (3, 3))),
            conv(inputs, pool_filters, (1, 1)),
        ]
    )


def mixed_b(conv, n):
    return ModuleList(
        [
            conv(768, 192, (1, 1)),
            Sequential(conv(768, n, (1, 1)), conv(n, n, (1, 7)), conv(n, 192, (7, 1))),
            Sequential(
                conv(768, n, (1, 1)),
                conv(n, n, (7, 1)),
                conv(n, n, (1, 7)),
                conv(n, n, (7, 1)),
                conv(n, 192, (1, 7)),
            ),
            conv(768, 192, (1, 1)),
        ]
    )


def mixed(branches, x):
    """The last branch reads an average pool that does not count its padding."""
    pooled = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
    return torch.cat([*(branch(x) for branch in branches[:-1]), branches[-1](pooled)], 1)
