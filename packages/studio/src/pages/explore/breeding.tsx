import { useState } from 'react';
import { Button } from '../../design/button.tsx';
import { childOf, withLengthOf, type LatentPoint } from '../../live/latent-points.ts';
import type { PictureDecoder } from '../../live/picture-decoder.ts';
import { useWords } from '../../words/index.ts';
import { PinChoice, useChosenPins } from './pin-choice.tsx';
import { PinPicture, type Pin } from './pin-list.tsx';

interface BreedingProps {
  readonly pins: readonly Pin[];
  readonly decoder: PictureDecoder | undefined;
  /** Whether a child is as far from 0 as its parents. */
  readonly keepsLength: boolean;
  readonly onShow: (point: LatentPoint) => void;
}

/** Children at a time. */
const CHILDREN = 6;

const PARENTS = ['explore.parent.a', 'explore.parent.b'] as const;

/** Children of two pinned pictures. */
export function Breeding({ pins, decoder, keepsLength, onShow }: BreedingProps) {
  const { say } = useWords();
  const [chosen, choose] = useChosenPins(pins, PARENTS.length);
  const [children, setChildren] = useState<readonly Pin[]>([]);
  const [a, b] = chosen;

  const breed = async (): Promise<void> => {
    if (a === undefined || b === undefined || decoder === undefined) return;
    const made: Pin[] = [];
    for (let number = 1; number <= CHILDREN; number++) {
      const child = childOf(a.point, b.point);
      const point = keepsLength ? withLengthOf(child, [a.point, b.point], [1, 1]) : child;
      made.push({ number, point, picture: await decoder.decode(point) });
    }
    setChildren(made);
  };
  return (
    <section className="panel stack explore-panel">
      <h2 className="live-heading">{say('explore.breed')}</h2>
      <p className="field-help">{say(pins.length < 2 ? 'explore.breed.few' : 'explore.breed.help')}</p>
      {pins.length >= 2 && (
        <>
          <PinChoice
            pins={pins}
            labels={PARENTS.map((parent) => say(parent))}
            chosen={chosen}
            onChoose={choose}
          />
          <Button onClick={() => void breed()}>{say('explore.breed.do')}</Button>
          {children.length > 0 && (
            <ul className="row explore-nearest">
              {children.map((child) => (
                <li key={child.number}>
                  <button
                    type="button"
                    aria-label={say('explore.child', { number: child.number })}
                    onClick={() => onShow(child.point)}
                  >
                    <PinPicture pin={child} />
                  </button>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  );
}
