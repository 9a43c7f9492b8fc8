const MESSAGE =
  'Imports go one way, and layers side by side do not import each other: see scripts/lint/layers.mjs. What both need goes into a lower layer.';

/**
 * Zones for `import-x/no-restricted-paths` that make imports go one way.
 * @param {string} base folder that holds the rooms
 * @param {readonly (string | readonly string[])[]} rooms folders or files, lowest first; an inner list holds rooms
 *   that stand side by side and may not import one another
 */
export function oneWay(base, rooms) {
  const levels = rooms.map((room) => [room].flat().map((name) => `./${base}/${name}`));
  return levels.flatMap((level, height) => {
    const above = levels.slice(height + 1).flat();
    return level
      .map((target) => ({ target, from: [...level.filter((other) => other !== target), ...above] }))
      .filter(({ from }) => from.length > 0)
      .map((zone) => ({ ...zone, message: MESSAGE }));
  });
}
