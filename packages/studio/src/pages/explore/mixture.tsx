import { useId, useState } from 'react';
import { Slider } from '../../design/slider.tsx';
import { mixed, withLengthOf, type LatentPoint } from '../../live/latent-points.ts';
import { useWords } from '../../words/index.ts';
import { PinPicture, type Pin } from './pin-list.tsx';

interface MixtureProps {
  readonly pins: readonly Pin[];
  /** Whether a mix has the mean distance from 0 of its points. */
  readonly keepsLength: boolean;
  readonly onShow: (point: LatentPoint) => void;
}

/** Maximum number of pictures in a mix. */
const MOST = 4;

/** Mixes up to four pinned pictures. */
export function Mixture({ pins, keepsLength, onShow }: MixtureProps) {
  const { say } = useWords();
  const id = useId();
  const [weights, setWeights] = useState<Readonly<Record<number, number>>>({});
  const anchors = pins.slice(0, MOST);
  const mix = (changed: Readonly<Record<number, number>>): void => {
    setWeights(changed);
    const points = anchors.map(({ point }) => point);
    const shares = anchors.map(({ number }) => changed[number] ?? 0);
    if (shares.every((share) => share === 0)) return;
    const point = mixed(points, shares);
    onShow(keepsLength ? withLengthOf(point, points, shares) : point);
  };
  return (
    <section className="panel stack explore-panel">
      <h2 className="live-heading">{say('explore.mix')}</h2>
      <p className="field-help">{say(anchors.length < 2 ? 'explore.mix.few' : 'explore.mix.help')}</p>
      {anchors.length >= 2 &&
        anchors.map((pin) => (
          <div className="explore-anchor" key={pin.number}>
            <PinPicture pin={pin} />
            <Slider
              id={`${id}-${pin.number}`}
              label={say('explore.pinned', { number: pin.number })}
              min={0}
              max={1}
              step={0.01}
              value={weights[pin.number] ?? 0}
              onChange={(value) => mix({ ...weights, [pin.number]: value })}
            />
          </div>
        ))}
    </section>
  );
}
