import { compile, type NDArray, type Tensor } from '@latentbrush/engine';

/**
 * Computes tensors, in one thread. @param feeds can contain inputs that no tensor needs
 */
export async function valuesOf<Name extends string>(
  tensors: Readonly<Record<Name, Tensor>>,
  feeds: Readonly<Record<string, NDArray>>,
): Promise<Record<Name, Float32Array>> {
  const names = Object.keys(tensors) as Name[];
  // An output cannot have the name of an input.
  const outputs = Object.fromEntries(names.map((name) => [`${name}:value`, tensors[name]]));
  const session = await compile<string>(outputs, { threads: 1 });
  try {
    const wanted = Object.entries(feeds).filter(([name]) => session.inputs.has(name));
    const results = await session.run(Object.fromEntries(wanted));
    return Object.fromEntries(names.map((name) => [name, results[`${name}:value`]!.data])) as Record<
      Name,
      Float32Array
    >;
  } finally {
    await session.release();
  }
}
