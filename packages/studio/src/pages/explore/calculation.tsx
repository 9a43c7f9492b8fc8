import { useState } from 'react';
import { Button } from '../../design/button.tsx';
import { arithmetic, type LatentPoint } from '../../live/latent-points.ts';
import { useWords } from '../../words/index.ts';
import { PinPicture, type Pin } from './pin-list.tsx';

interface CalculationProps {
  readonly pins: readonly Pin[];
  readonly onShow: (point: LatentPoint) => void;
}

const TERMS = ['a', 'b', 'c'] as const;

/** a - b + c of pinned pictures. */
export function Calculation({ pins, onShow }: CalculationProps) {
  const { say } = useWords();
  const [chosen, setChosen] = useState<Readonly<Partial<Record<(typeof TERMS)[number], number>>>>({});
  const terms = TERMS.map((term, index) => pins.find(({ number }) => number === chosen[term]) ?? pins[index]);
  const [a, b, c] = terms;
  return (
    <section className="panel stack explore-panel">
      <h2 className="live-heading">{say('explore.arithmetic')}</h2>
      <p className="field-help">
        {say(pins.length < 3 ? 'explore.arithmetic.few' : 'explore.arithmetic.help')}
      </p>
      {a !== undefined && b !== undefined && c !== undefined && (
        <>
          <div className="explore-terms">
            {TERMS.map((term, index) => (
              <label key={term}>
                <span className="small">{say(`explore.${term}`)}</span>
                <PinPicture pin={terms[index]!} />
                <select
                  className="input"
                  value={terms[index]!.number}
                  onChange={(event) => setChosen({ ...chosen, [term]: Number(event.target.value) })}
                >
                  {pins.map(({ number }) => (
                    <option key={number} value={number}>
                      {number}
                    </option>
                  ))}
                </select>
              </label>
            ))}
          </div>
          <Button onClick={() => onShow(arithmetic(a.point, b.point, c.point))}>{say('explore.show')}</Button>
        </>
      )}
    </section>
  );
}
