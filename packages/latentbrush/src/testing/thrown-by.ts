/** The error that a function throws, for tests that check more than its message; undefined without one. */
export function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
