# How the book's VAE starts in PyTorch, seed by seed: what bench/vae-start.mjs measures, by a program that shares no code with Latentbrush.
# The network, losses, RMSprop and learning rate are the book's; weights start as Keras starts them.
#
#   python3 bench/peers/vae_start.py t10k-images-idx3-ubyte.gz [steps] [seeds]
import gzip
import sys

import torch
import torch.nn.functional as F

from latents import Vae

path, steps, seeds = sys.argv[1], *map(int, sys.argv[2:4] or (300, 20))
torch.set_num_threads(1)
with gzip.open(path) as file:
    data = bytearray(file.read()[16:])
pictures = torch.frombuffer(data, dtype=torch.uint8).view(-1, 1, 28, 28)

over = 0
for seed in range(1, seeds + 1):
    torch.manual_seed(seed)
    model = Vae()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    order = torch.randperm(len(pictures))
    losses = []
    for step in range(steps):
        x = pictures[order[16 * step : 16 * step + 16]].float() / 255
        hidden = model.encoder(x)
        mean, log_var = model.mean(hidden), model.log_var(hidden)
        z = mean + torch.exp(log_var / 2) * torch.randn_like(mean)
        reconstruction = F.binary_cross_entropy_with_logits(model.decoder(z), x)
        kl = -5e-4 * (1 + log_var - mean.square() - log_var.exp()).mean()
        loss = reconstruction + kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    highest = max(losses)
    over += highest > 2 * losses[0]
    last = sum(losses[-50:]) / len(losses[-50:])
    print(f"{seed:4} first {losses[0]:.4f}  highest / first {highest / losses[0]:12.4g}  at step {losses.index(highest) + 1:3}  last 50 {last:.4g}", flush=True)
print(f"PyTorch {torch.__version__}: {over} of {seeds} seeds pass twice the first loss within {steps} steps")
