import { useId } from 'react';
import { Button } from '../../design/button.tsx';
import { Field } from '../../design/field.tsx';
import { Slider } from '../../design/slider.tsx';
import { useWords } from '../../words/index.ts';

interface DirectionSlidersProps {
  readonly title: string;
  readonly help?: string | undefined;
  readonly names: readonly string[];
  /** Distance along each; missing ones are 0. */
  readonly values: readonly number[];
  /** Their range is from minus this to this. */
  readonly range: number;
  readonly onChange: (values: readonly number[]) => void;
}

/** Sliders that move a point along directions of the latent space. */
export function DirectionSliders({ title, help, names, values, range, onChange }: DirectionSlidersProps) {
  const { say } = useWords();
  const id = useId();
  const valueAt = (index: number): number => values[index] ?? 0;
  return (
    <section className="panel stack explore-panel">
      <div className="live-head">
        <h2 className="live-heading">{title}</h2>
        <Button
          small
          look="quiet"
          disabled={!values.some((value) => value !== 0)}
          onClick={() => onChange([])}
        >
          {say('explore.reset')}
        </Button>
      </div>
      {help !== undefined && <p className="field-help">{help}</p>}
      {names.map((name, index) => (
        <Field
          key={name}
          id={`${id}-${index}`}
          label={name}
          aside={<span className="soft small figure">{valueAt(index).toFixed(1)}</span>}
        >
          <Slider
            id={`${id}-${index}`}
            min={-range}
            max={range}
            step={0.05}
            value={valueAt(index)}
            onChange={(value) =>
              onChange(names.map((_, other) => (other === index ? value : valueAt(other))))
            }
          />
        </Field>
      ))}
    </section>
  );
}
