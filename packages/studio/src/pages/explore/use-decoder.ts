import type { PictureModel } from 'latentbrush/studio';
import { useCallback, useEffect, useRef } from 'react';
import { useRunSource } from '../../api/run-source.ts';
import { PictureDecoder, type DecodingSpeed } from '../../live/picture-decoder.ts';
import { useLoaded } from '../../live/use-loaded.ts';

/** The decoder of a run, loaded into the page; undefined while it loads. */
export function useDecoder(
  run: string,
  facts: PictureModel,
  onPicture: (picture: ImageData, speed: DecodingSpeed) => void,
): { readonly decoder: PictureDecoder | undefined; readonly problem: string | undefined } {
  const { part, isStudio } = useRunSource();
  const newest = useRef(onPicture);
  useEffect(() => {
    newest.current = onPicture;
  });
  const load = useCallback(() => {
    const address = part(run, facts.system === 'vae' ? 'decoder' : 'model');
    const show = (picture: ImageData, speed: DecodingSpeed): void => newest.current(picture, speed);
    return PictureDecoder.load(address, facts, show, isStudio); // published pages have no kernels for GPUs
  }, [run, facts, part, isStudio]);
  const { loaded, problem } = useLoaded(load);
  return { decoder: loaded, problem };
}
