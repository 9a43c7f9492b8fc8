# The measured work in PyTorch. Reads case names on standard input, answers with milliseconds. See peer.mjs.
import os
import sys
import time

import torch
import torch.nn.functional as F

from latents import LATENT_CASES
from pictures import Evaluation, dream_evaluation, style_evaluation

torch.set_num_threads(os.cpu_count())
torch.manual_seed(0)
BATCH, WINDOW, CHARACTERS, UNITS = 128, 60, 57, 128
STEPS = 10  # in one measurement, so that threads and caches are warm


class CharacterLstm(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(CHARACTERS, UNITS, batch_first=True)
        self.dense = torch.nn.Linear(UNITS, CHARACTERS)

    def forward(self, x):
        return self.dense(self.lstm(x)[0][:, -1])


def text_step():
    model = CharacterLstm()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01, alpha=0.9, eps=1e-7)
    x = F.one_hot(torch.randint(CHARACTERS, (BATCH, WINDOW)), CHARACTERS).float()
    y = torch.randint(CHARACTERS, (BATCH,))

    def run():
        for _ in range(STEPS):
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()

    return run


def text_sample():
    # the book's loop: the whole window is read anew for each of 100 characters
    model = CharacterLstm().eval()

    def run():
        window = [0] * WINDOW
        with torch.no_grad():
            for _ in range(100):
                x = F.one_hot(torch.tensor([window]), CHARACTERS).float()
                p = torch.softmax(model(x)[0].double() / 0.5, 0)
                window = window[1:] + [int(torch.multinomial(p, 1))]

    return run


def conv_step():
    x = torch.rand(20, 256, 32, 32, requires_grad=True)
    w = torch.rand(256, 256, 5, 5, requires_grad=True)
    dy = torch.rand(20, 256, 32, 32)

    def run():
        x.grad = w.grad = None
        y = F.conv2d(x, w, padding=2)
        y.backward(dy)
        with torch.no_grad():
            return y.mean() + x.grad.mean(), w - 0.01 * w.grad

    return run


def gemm():
    a, b = torch.rand(2048, 2048), torch.rand(2048, 2048)
    return lambda: a @ b


CASES = {
    "text-step": text_step,
    "text-sample": text_sample,
    "conv-step": conv_step,
    "dream-evaluation": dream_evaluation,
    "style-evaluation": style_evaluation,
    "gemm": gemm,
    **LATENT_CASES,
}
made = {}
print("PyTorch " + torch.__version__, flush=True)
for line in sys.stdin:
    name = line.strip()
    if name not in CASES:
        print("!does not have this case", flush=True)
        continue
    if name not in made:
        made[name] = CASES[name]()
        made[name]()
    begin = time.perf_counter()
    result = made[name]()
    milliseconds = (time.perf_counter() - begin) * 1000
    if isinstance(result, Evaluation):
        print(milliseconds, result.loss, result.gradient.abs().mean().item(), flush=True)
    else:
        print(milliseconds, flush=True)
