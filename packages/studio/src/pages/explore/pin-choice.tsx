import { useState } from 'react';
import { PinPicture, type Pin } from './pin-list.tsx';

interface PinChoiceProps {
  readonly pins: readonly Pin[];
  /** The purpose of each chosen pin, in order. */
  readonly labels: readonly string[];
  readonly chosen: readonly (Pin | undefined)[];
  readonly onChoose: (index: number, pin: number) => void;
}

/**
 * Chosen pins, by default the first ones. If a chosen pin is removed, the default at its position counts again.
 * @param count how many
 */
export function useChosenPins(
  pins: readonly Pin[],
  count: number,
): readonly [chosen: readonly (Pin | undefined)[], choose: (index: number, pin: number) => void] {
  const [numbers, setNumbers] = useState<Readonly<Record<number, number>>>({});
  const chosen = Array.from(
    { length: count },
    (_, index) => pins.find(({ number }) => number === numbers[index]) ?? pins[index],
  );
  return [chosen, (index, pin) => setNumbers((now) => ({ ...now, [index]: pin }))];
}

/** A choice of pins, each with its picture. */
export function PinChoice({ pins, labels, chosen, onChoose }: PinChoiceProps) {
  return (
    <div className="explore-terms">
      {chosen.map(
        (pin, index) =>
          pin !== undefined && (
            <label key={index}>
              <span className="small">{labels[index]}</span>
              <PinPicture pin={pin} />
              <select
                className="input"
                value={pin.number}
                onChange={({ target }) => onChoose(index, Number(target.value))}
              >
                {pins.map(({ number }) => (
                  <option key={number} value={number}>
                    {number}
                  </option>
                ))}
              </select>
            </label>
          ),
      )}
    </div>
  );
}
