// A row of growth.mjs: the metrics of a long run.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { readThinnedMetrics } from '../../packages/latentbrush/dist/runs/metrics.js';

export const metricRows = [
  {
    name: 'metrics',
    what: 'lines in metrics.jsonl, read for info and for the curves of the studio',
    sizes: [100_000, 300_000, 1_000_000],
    prepare: async (lines, folder) => {
      const file = createWriteStream(join(folder, 'metrics.jsonl'));
      for (let step = 1; step <= lines;) {
        let text = '';
        for (const end = Math.min(lines, step + 9_999); step <= end; step++)
          text += `${JSON.stringify({ step, type: 'step', epoch: 1, loss: 1 + 1 / step, batchLoss: 1 + 2 / step })}\n`;
        if (!file.write(text)) await new Promise((done) => file.once('drain', done));
      }
      file.end();
      await finished(file);
    },
    run: async (_, mark, folder) => {
      await readThinnedMetrics({ folder });
      mark();
    },
  },
];
