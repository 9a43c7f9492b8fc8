# Training steps of the book's VAE and GAN (Chollet, Deep Learning with Python, 8.4 and 8.5), and the grid of 225 pictures.
import torch
import torch.nn as nn
import torch.nn.functional as F

VAE_STEPS = 10  # in one measurement
GAN_BATCH = 20


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
    model = Vae()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    pictures = torch.randint(256, (20 * batch, 1, 28, 28), dtype=torch.uint8)
    step = 0

    def run():
        nonlocal step
        for _ in range(VAE_STEPS):
            start = step * batch % len(pictures)
            x = pictures[start : start + batch].float() / 255
            step += 1
            hidden = model.encoder(x)
            mean, log_var = model.mean(hidden), model.log_var(hidden)
            z = mean + torch.exp(log_var / 2) * torch.randn_like(mean)
            reconstruction = F.binary_cross_entropy_with_logits(model.decoder(z), x)
            kl = -5e-4 * (1 + log_var - mean.square() - log_var.exp()).mean()
            optimizer.zero_grad()
            (reconstruction + kl).backward()
            optimizer.step()

    return run


def vae_grid():
    decoder = Vae().decoder.eval()
    points = torch.randn(225, 2)

    def run():
        with torch.no_grad():
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


def gan_iteration():
    networks = {"generator": generator().apply(keras_init), "discriminator": discriminator().apply(keras_init)}
    optimizers = {
        name: torch.optim.RMSprop(networks[name].parameters(), lr=rate, alpha=0.9, eps=1e-7)
        for name, rate in (("generator", 4e-4), ("discriminator", 8e-4))
    }
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
            generated = networks["generator"](torch.randn(GAN_BATCH, 32))
        real = pictures[start : start + GAN_BATCH].float() / 127.5 - 1
        start = (start + GAN_BATCH) % len(pictures)
        labels = torch.cat([torch.ones(GAN_BATCH, 1), torch.zeros(GAN_BATCH, 1)])
        labels += 0.05 * torch.rand_like(labels)
        scores = networks["discriminator"](torch.cat([generated, real]))
        update("discriminator", F.binary_cross_entropy_with_logits(scores, labels))
        for parameter in networks["discriminator"].parameters():
            parameter.requires_grad_(False)
        scores = networks["discriminator"](networks["generator"](torch.randn(GAN_BATCH, 32)))
        update("generator", F.binary_cross_entropy_with_logits(scores, torch.zeros_like(scores)))
        for parameter in networks["discriminator"].parameters():
            parameter.requires_grad_(True)

    return run


LATENT_CASES = {
    "vae-step-16": lambda: vae_steps(16),
    "vae-step-128": lambda: vae_steps(128),
    "vae-grid": vae_grid,
    "gan-iteration": gan_iteration,
}
