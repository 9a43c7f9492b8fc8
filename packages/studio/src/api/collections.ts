import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Collection, ContactSheet } from 'latentbrush/studio';
import { answerOf, asJson, client, ServerError } from './client.ts';

/** Pictures and texts that the person uploaded for trainings, newest first. */
export const collectionsQuery = queryOptions({
  queryKey: ['collections'],
  queryFn: async () => (await answerOf(client.api.collections.$get())) as unknown as Collection[],
});

/** The name of a data set, or an uploaded one. */
export type DataChoice = { readonly dataset: string } | { readonly collection: string };

/** Some pictures of a data set, and facts about it. */
export function useContactSheet(choice: DataChoice, isWanted: boolean) {
  return useQuery({
    enabled: isWanted,
    retry: false,
    queryKey: ['sheet', choice],
    queryFn: async (): Promise<ContactSheet> =>
      'collection' in choice
        ? answerOf(client.api.collections[':id'].sheet.$get({ param: { id: choice.collection } }))
        : answerOf(client.api.datasets[':name'].sheet.$get({ param: { name: choice.dataset } })),
  });
}

/** A file for a collection. */
export interface DataFile {
  readonly name: string;
  /** The class of a picture: its folder. */
  readonly label?: string | undefined;
  readonly bytes: () => Promise<Uint8Array<ArrayBuffer>>;
}

/** Pictures that are sent at the same time. */
const AT_ONCE = 4;

/**
 * Uploads pictures as a new collection.
 * @param onProgress is called after each
 * @returns the collection, and why some files were left out
 */
export async function uploadPictures(
  name: string,
  files: readonly DataFile[],
  onProgress: (done: number) => void,
): Promise<{ id: string; leftOut: readonly string[] }> {
  const id = await begin(name, 'pictures');
  const leftOut: string[] = [];
  const waiting = [...files];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const headers: Record<string, string> = { 'x-file-name': encodeURIComponent(file.name) };
      if (file.label !== undefined) headers['x-class'] = encodeURIComponent(file.label);
      try {
        await send(`/api/collections/${id}/pictures`, await file.bytes(), headers);
      } catch (error) {
        leftOut.push(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      onProgress((done += 1));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { id, leftOut };
}

/** Uploads a text as a new collection. @throws ServerError when it is refused */
export async function uploadText(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const id = await begin(name, 'text');
  await send(`/api/collections/${id}/text`, bytes, {});
  return id;
}

async function begin(name: string, kind: Collection['kind']): Promise<string> {
  const request = client.api.collections.$post(undefined, asJson({ name: name.slice(0, 80), kind }));
  return (await answerOf(request)).id;
}

async function send(
  path: string,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<void> {
  const answer = await fetch(path, { method: 'POST', body, headers });
  if (answer.ok) return;
  const { error = [] } = (await answer.json().catch(() => ({}))) as { error?: string[] };
  throw new ServerError(error, answer.status);
}
