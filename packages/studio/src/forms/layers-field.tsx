import { useId, useState } from 'react';
import { Button } from '../design/button.tsx';
import { Slider } from '../design/slider.tsx';
import { useWords } from '../words/index.ts';

/** A layer or a channel, and its coefficient. */
export interface Contribution {
  readonly layer: string;
  readonly channel?: number;
  readonly wholeNameFirst?: boolean;
  readonly coefficient: number;
}

interface LayersFieldProps {
  readonly value: readonly Contribution[];
  readonly onChange: (value: readonly Contribution[]) => void;
}

/** A mix of layers: a slider for each, and a field that adds one by its name. */
export function LayersField({ value, onChange }: LayersFieldProps) {
  const { say } = useWords();
  const [added, setAdded] = useState('');
  const id = useId();
  const add = (): void => {
    const [layer = '', channel] = added.trim().split(':');
    if (layer === '') return;
    onChange([
      ...value,
      { layer, ...(channel === undefined ? {} : { channel: Number(channel) }), coefficient: 1 },
    ]);
    setAdded('');
  };
  return (
    <div className="layers">
      {value.map((one, index) => {
        const name = one.channel === undefined ? one.layer : `${one.layer}:${one.channel}`;
        return (
          <div className="layers-one" key={`${name}-${index}`}>
            <code>{name}</code>
            <Slider
              label={say('layers.coefficient', { layer: name })}
              min={-5}
              max={5}
              step={0.1}
              value={one.coefficient}
              onChange={(coefficient) =>
                onChange(value.map((other, place) => (place === index ? { ...other, coefficient } : other)))
              }
            />
            <output>{one.coefficient}</output>
            <Button
              look="quiet"
              small
              icon="close"
              aria-label={say('layers.remove', { layer: name })}
              disabled={value.length === 1}
              onClick={() => onChange(value.filter((_, place) => place !== index))}
            />
          </div>
        );
      })}
      <div className="layers-add">
        <label className="unseen" htmlFor={id}>
          {say('layers.layer')}
        </label>
        <input
          id={id}
          className="input"
          placeholder="mixed4:12"
          value={added}
          onChange={(event) => setAdded(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) add();
          }}
        />
        <Button onClick={add}>{say('layers.add')}</Button>
      </div>
    </div>
  );
}
