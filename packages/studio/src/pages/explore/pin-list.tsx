import { useCallback } from 'react';
import { Button } from '../../design/button.tsx';
import type { LatentPoint } from '../../live/latent-points.ts';
import { useWords } from '../../words/index.ts';

/** A point that the user keeps. */
export interface Pin {
  /** From 1; does not change when others are removed. */
  readonly number: number;
  readonly point: LatentPoint;
  readonly picture: ImageData;
}

interface PinListProps {
  readonly pins: readonly Pin[];
  readonly onShow: (pin: Pin) => void;
  readonly onRemove: (pin: Pin) => void;
}

/** The pinned pictures, in a row. */
export function PinList({ pins, onShow, onRemove }: PinListProps) {
  const { say } = useWords();
  return (
    <section className="explore-pins" aria-label={say('explore.pins')}>
      {pins.length === 0 && <p className="soft">{say('explore.pins.help')}</p>}
      <ul className="row">
        {pins.map((pin) => (
          <li key={pin.number} className="explore-pin">
            <button
              type="button"
              aria-label={say('explore.pinned', { number: pin.number })}
              onClick={() => onShow(pin)}
            >
              <PinPicture pin={pin} />
              <span aria-hidden="true">{pin.number}</span>
            </button>
            <Button
              small
              look="quiet"
              icon="close"
              aria-label={say('explore.unpin', { number: pin.number })}
              onClick={() => onRemove(pin)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The picture of a pin. */
export function PinPicture({ pin: { picture } }: { readonly pin: Pin }) {
  const draw = useCallback(
    (canvas: HTMLCanvasElement | null) => canvas?.getContext('2d')?.putImageData(picture, 0, 0),
    [picture],
  );
  return <canvas ref={draw} width={picture.width} height={picture.height} aria-hidden="true" />;
}
