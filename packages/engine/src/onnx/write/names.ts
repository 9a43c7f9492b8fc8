import type { Tensor } from '../../graph/tensor.ts';

/** Returns unused names: the stem and a counter. */
export function freshNames(taken: ReadonlySet<string>): (stem: string) => string {
  const counts = new Map<string, number>();
  return (stem) => {
    for (;;) {
      const count = (counts.get(stem) ?? 0) + 1;
      counts.set(stem, count);
      const name = `${stem}_${count}`;
      if (!taken.has(name)) return name;
    }
  };
}

/**
 * The name of a tensor in the file.
 * @throws Error when it has none yet
 */
export function nameOf(names: ReadonlyMap<Tensor, string>, tensor: Tensor): string {
  const name = names.get(tensor);
  if (name === undefined)
    throw new Error(`${tensor.toString()} was not reached when the graph was collected`);
  return name;
}
