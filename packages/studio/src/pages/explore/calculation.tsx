import { Button } from '../../design/button.tsx';
import { arithmetic, type LatentPoint } from '../../live/latent-points.ts';
import { useWords } from '../../words/index.ts';
import { PinChoice, useChosenPins } from './pin-choice.tsx';
import type { Pin } from './pin-list.tsx';

interface CalculationProps {
  readonly pins: readonly Pin[];
  readonly onShow: (point: LatentPoint) => void;
}

const TERMS = ['a', 'b', 'c'] as const;

/** a - b + c of pinned pictures. */
export function Calculation({ pins, onShow }: CalculationProps) {
  const { say } = useWords();
  const [chosen, choose] = useChosenPins(pins, TERMS.length);
  const [a, b, c] = chosen;
  return (
    <section className="panel stack explore-panel">
      <h2 className="live-heading">{say('explore.arithmetic')}</h2>
      <p className="field-help">
        {say(pins.length < 3 ? 'explore.arithmetic.few' : 'explore.arithmetic.help')}
      </p>
      {a !== undefined && b !== undefined && c !== undefined && (
        <>
          <PinChoice
            pins={pins}
            labels={TERMS.map((term) => say(`explore.${term}`))}
            chosen={chosen}
            onChoose={choose}
          />
          <Button onClick={() => onShow(arithmetic(a.point, b.point, c.point))}>{say('explore.show')}</Button>
        </>
      )}
    </section>
  );
}
