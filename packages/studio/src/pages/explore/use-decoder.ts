import type { PictureModel } from 'latentbrush/studio';
import { useEffect, useRef, useState } from 'react';
import { useRunSource } from '../../api/run-source.ts';
import { PictureDecoder, type DecodingSpeed } from '../../live/picture-decoder.ts';

/** The decoder of a run, loaded into the page; undefined while it loads. */
export function useDecoder(
  run: string,
  facts: PictureModel,
  onPicture: (picture: ImageData, speed: DecodingSpeed) => void,
): { readonly decoder: PictureDecoder | undefined; readonly problem: string | undefined } {
  const [decoder, setDecoder] = useState<PictureDecoder>();
  const [problem, setProblem] = useState<string>();
  const { part } = useRunSource();
  const newest = useRef(onPicture);
  useEffect(() => {
    newest.current = onPicture;
  });
  useEffect(() => {
    let isGone = false;
    let loaded: PictureDecoder | undefined;
    const address = part(run, facts.system === 'vae' ? 'decoder' : 'model');
    PictureDecoder.load(address, facts, (picture, speed) => newest.current(picture, speed)).then(
      (ready) => {
        loaded = ready;
        if (isGone) ready.release();
        else setDecoder(ready);
      },
      (error: unknown) => {
        if (!isGone) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      isGone = true;
      loaded?.release();
      setDecoder(undefined);
    };
  }, [run, facts, part]);
  return { decoder, problem };
}
