import { zeros, type NDArray } from '../graph/ndarray.ts';
import type { ModelPorts, Runtime, RuntimeSession, RuntimeSessions } from './runtime.ts';

type Arrays = Readonly<Record<string, NDArray>>;

/**
 * Runs shards one after the other, on the thread that asks.
 * @param session with one thread; it is released with the result
 * @param count number of shards
 */
export function inTurn(
  session: RuntimeSession,
  { outputs }: ModelPorts,
  { count, Tensor }: { readonly count: number; readonly Tensor: Runtime['Tensor'] },
): RuntimeSessions {
  const results = Array.from({ length: count }, () =>
    Object.fromEntries(outputs.map(({ name, dtype, shape }) => [name, zeros(shape, dtype)])),
  );
  const tensors = (arrays: Arrays) =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, { dtype, data, shape }]) => [name, new Tensor(dtype, data, shape)]),
    );
  const fetches = results.map(tensors);
  return {
    atOnce: 1,
    run: async (shared, own) => {
      const given = tensors(shared);
      for (const [index, feeds] of own.entries())
        await session.run({ ...given, ...tensors(feeds) }, fetches[index]);
      return results;
    },
    release: () => session.release(),
  };
}
