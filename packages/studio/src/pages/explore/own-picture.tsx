import type { PictureModel } from 'latentbrush/studio';
import { useState } from 'react';
import { useRunSource } from '../../api/run-source.ts';
import { ErrorLine } from '../../design/error-line.tsx';
import { encodePicture } from '../../live/picture-encoder.ts';
import type { LatentPoint } from '../../live/latent-points.ts';
import { useWords } from '../../words/index.ts';

interface OwnPictureProps {
  readonly run: string;
  readonly facts: PictureModel;
  readonly onShow: (point: LatentPoint) => void;
}

/** Puts a picture of the person into the latent space of a VAE. It stays in the page. */
export function OwnPicture({ run, facts, onShow }: OwnPictureProps) {
  const { say } = useWords();
  const { part } = useRunSource();
  const [problem, setProblem] = useState<string>();
  const encode = async (file: File): Promise<void> => {
    try {
      setProblem(undefined);
      onShow(await encodePicture(part(run, 'encoder'), facts, await squareOf(file, facts.size)));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <section className="panel stack explore-panel">
      <h2 className="live-heading">{say('explore.own')}</h2>
      <p className="field-help">{say('explore.own.help')}</p>
      <label className="button file-button">
        {say('explore.own.choose')}
        <input
          type="file"
          accept="image/*"
          onChange={({ target }) => {
            const file = target.files?.[0];
            if (file !== undefined) void encode(file);
          }}
        />
      </label>
      {problem !== undefined && <ErrorLine>{say('explore.own.failed', { reason: problem })}</ErrorLine>}
    </section>
  );
}

/** The middle of a picture as a square, on white where it is transparent. @throws Error when it is no picture */
async function squareOf(file: File, size: number): Promise<ImageData> {
  const picture = await createImageBitmap(file);
  const side = Math.min(picture.width, picture.height);
  const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
  const context = new OffscreenCanvas(size, size).getContext('2d');
  if (context === null) throw new Error('the browser gives no canvas');
  context.fillStyle = 'white';
  context.fillRect(0, 0, size, size);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, left, top, side, side, 0, 0, size, size);
  return context.getImageData(0, 0, size, size);
}
