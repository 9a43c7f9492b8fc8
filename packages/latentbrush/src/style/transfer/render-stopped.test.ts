import { describe, expect, it } from 'vitest';
import { type Backbone } from '../../pretrained/index.ts';
import type { StyleEvent } from './events.ts';
import { type StyleInput } from './options.ts';
import { paint } from './render.ts';
import { likeVgg, content, style, quick, all, of } from '../testing/painting.ts';

describe('when it is stopped', () => {
  it('returns the current picture, after the evaluation in progress', async () => {
    for (const optimizer of ['lbfgs', 'adam'] as const) {
      const controller = new AbortController();
      const events: StyleEvent[] = [];
      const options: StyleInput = { ...quick, optimizer, rounds: 50 };
      for await (const event of paint(likeVgg, content, [style], options, controller.signal)) {
        events.push(event);
        if (of(events, 'evaluation').length === 3) controller.abort();
      }
      expect(of(events, 'evaluation')).toHaveLength(3);
      expect(of(events, 'round').at(-1)?.terms).toHaveProperty('content');
      const [done] = of(events, 'done');
      expect(done?.reason).toBe('aborted');
      expect(done?.picture.data).not.toEqual(content.data);
      expect(events.at(-1)).toBe(done);
    }
  });

  it('before it has begun, returns the content', async () => {
    for (const optimizer of ['lbfgs', 'adam'] as const) {
      const events = await all(
        paint(likeVgg, content, [style], { ...quick, optimizer }, AbortSignal.abort()),
      );
      expect(of(events, 'evaluation')).toEqual([]);
      expect(of(events, 'done')).toMatchObject([{ reason: 'aborted', picture: { data: content.data } }]);
    }
  });

  it('at a coarse size of the pyramid, returns the picture in the requested size', async () => {
    const controller = new AbortController();
    const options: StyleInput = { ...quick, height: 130, pyramid: 2, rounds: 10 };
    const events: StyleEvent[] = [];
    for await (const event of paint(likeVgg, content, [style], options, controller.signal)) {
      events.push(event);
      if (event.type === 'evaluation') controller.abort();
    }
    const [start] = of(events, 'start');
    const [round] = of(events, 'round');
    const [done] = of(events, 'done');
    expect(round!.picture.height).toBeLessThan(start!.height);
    expect([done!.picture.height, done!.picture.width]).toEqual([start!.height, start!.width]);
  });

  it('says where; stopping there again gives the same picture: in a round, between rounds, between sizes', async () => {
    const options: StyleInput = { ...quick, height: 130, pyramid: 2, rounds: 4, evaluations: 4 };
    const stopped = async (at: (event: StyleEvent) => boolean, later = 0): Promise<StyleEvent[]> => {
      const controller = new AbortController();
      const events: StyleEvent[] = [];
      let waiting: number | undefined; // evaluations of the network until Ctrl-C
      const watched: Backbone = {
        ...likeVgg,
        activations: (pixels, names) => {
          if (waiting !== undefined && waiting-- === 0) controller.abort();
          return likeVgg.activations(pixels, names);
        },
      };
      for await (const event of paint(watched, content, [style], options, controller.signal)) {
        events.push(event);
        if (!at(event)) continue;
        if (later === 0) controller.abort();
        else waiting ??= later - 1;
      }
      return events;
    };
    const between = (round: number) => (event: StyleEvent) => event.type === 'round' && event.round === round;
    const cases = [
      await stopped((event) => event.type === 'evaluation' && event.evaluation >= 6),
      await stopped(between(1)),
      await stopped(between(3), 1), // during the preparation of the next size
    ];
    expect(cases.map((events) => of(events, 'done')[0]?.stoppedAt?.round)).toEqual([2, 1, 3]);
    expect(of(cases[2]!, 'round').map(({ round }) => round)).toEqual([1, 2, 3]);
    for (const events of cases) {
      const [done] = of(events, 'done');
      expect(done?.reason).toBe('aborted');
      const { evaluation } = done!.stoppedAt!;
      expect(evaluation).toBe(of(events, 'evaluation').at(-1)?.evaluation);
      const again = await stopped((event) => event.type === 'evaluation' && event.evaluation >= evaluation);
      expect(of(again, 'done')[0]).toEqual(done);
      expect(of(again, 'round').at(-1)).toEqual(of(events, 'round').at(-1));
    }
  });

  it('by leaving the loop, ends without an error', async () => {
    for await (const event of paint(likeVgg, content, [style], quick)) if (event.type === 'evaluation') break;
  });
});
