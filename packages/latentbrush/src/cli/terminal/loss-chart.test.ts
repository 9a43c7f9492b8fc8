import { describe, expect, it } from 'vitest';
import { lossChart } from './loss-chart.ts';

const steps = (count: number, values: (step: number) => Record<string, unknown>) =>
  Array.from({ length: count }, (_, i) => ({ type: 'step', step: i + 1, ...values(i + 1) }));
const epochs = (count: number, values: (epoch: number) => Record<string, unknown>) =>
  Array.from({ length: count }, (_, i) => ({
    type: 'epoch',
    step: 10 * (i + 1),
    epoch: i + 1,
    ...values(i + 1),
  }));

describe('the chart of a loss', () => {
  it('is by epoch where there are several, else by step', () => {
    const metrics = [...steps(30, () => ({ loss: 1 })), ...epochs(3, (epoch) => ({ loss: 1 / epoch }))];
    expect(lossChart('text', metrics)).toMatch(/loss by epoch, nats per token\n$/);
    expect(lossChart('style', metrics.slice(0, 31))).toMatch(/loss by step\n$/);
  });

  it('of a VAE is the validation loss, where there is one: the mean of a first epoch can be huge', () => {
    const metrics = epochs(4, (epoch) => ({
      loss: 1000 / epoch ** 9,
      validation: { loss: 0.25 - 0.01 * epoch },
    }));
    expect(lossChart('vae', metrics)).toMatch(/0\.24┤.*0\.21┤.*validation loss, by epoch\n$/s);
    expect(
      lossChart(
        'vae',
        epochs(4, () => ({ loss: 3 })),
      ),
    ).toMatch(/loss by epoch\n$/);
  });

  it('of a GAN shows both losses', () => {
    const metrics = steps(9, (step) => ({ discriminatorLoss: 2, generatorLoss: step }));
    const chart = lossChart('gan', metrics);
    expect(chart).toMatch(/9┤.*2┤━.*1┤.*losses of discriminator and generator, by iteration\n$/s);
  });

  it('has no more points than columns: neighbours are averaged', () => {
    const zigzag = steps(640, (step) => ({ loss: 5 + (step % 2 === 0 ? 1 : -1) }));
    expect(
      lossChart('style', [...zigzag.map((metric) => ({ ...metric })), ...steps(1, () => ({ loss: 5 }))]),
    ).toMatch(/ 5┤/);
    expect(lossChart('style', zigzag)).not.toMatch(/ [46]┤/);
  });

  it('is empty where the loss was measured less than twice, or is NaN', () => {
    expect(
      lossChart(
        'style',
        steps(1, () => ({ loss: 1 })),
      ),
    ).toBe('');
    expect(
      lossChart(
        'text',
        steps(5, () => ({ loss: null })),
      ),
    ).toBe('');
  });
});
