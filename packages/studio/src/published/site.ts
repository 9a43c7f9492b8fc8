import type { PublishedSite } from 'latentbrush/studio';
import type { RunSource } from '../api/run-source.ts';

/** The description of the page, from its own folder. @throws Error when it is missing */
export async function readSite(): Promise<PublishedSite> {
  const answer = await fetch('data/site.json');
  if (!answer.ok) throw new Error(`data/site.json: the server answered ${answer.status}`);
  return (await answer.json()) as PublishedSite;
}

/** The model in the folder of the page. */
export function sourceOf(site: PublishedSite): RunSource {
  const { facts, map, concepts } = site;
  return {
    facts: () =>
      Promise.resolve({ parts: [], ...(facts.system === 'style' ? { ...facts, sizes: [256] } : facts) }),
    map: () =>
      map === undefined ? Promise.reject(new Error('the page has no latent space')) : Promise.resolve(map),
    concepts: () => Promise.resolve(concepts),
    sheet: () => 'data/sheet.webp',
    part: (_, part) => `data/${part}.onnx`,
    isStudio: false,
    example: 'data/example.jpg',
  };
}
