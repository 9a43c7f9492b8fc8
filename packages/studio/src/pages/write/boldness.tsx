import { useId } from 'react';
import { Field } from '../../design/field.tsx';
import { Slider } from '../../design/slider.tsx';
import { useWords } from '../../words/index.ts';

/** Sampling options of the proposals. */
export interface Bold {
  readonly temperature: number;
  readonly topK: number | undefined;
  readonly topP: number | undefined;
  /** Number of proposals. */
  readonly count: number;
}

interface BoldnessProps {
  readonly bold: Bold;
  /** Size of the network's vocabulary. */
  readonly size: number;
  readonly onChange: (bold: Bold) => void;
}

/** Largest top-k of the slider. */
const MOST_K = 50;

/** Sliders with immediate effect. */
export function Boldness({ bold, size, onChange }: BoldnessProps) {
  const { say } = useWords();
  const id = useId();
  const mostK = Math.min(MOST_K, size);
  const fields = [
    {
      key: 'temperature',
      label: say('write.temperature'),
      shown: bold.temperature.toFixed(2),
      slider: { min: 0.05, max: 2, step: 0.05, value: bold.temperature },
      change: (temperature: number): Bold => ({ ...bold, temperature }),
    },
    {
      key: 'topK',
      label: say('write.topK'),
      shown: String(bold.topK ?? say('write.all')),
      slider: { min: 1, max: mostK, step: 1, value: bold.topK ?? mostK },
      change: (topK: number): Bold => ({ ...bold, topK: topK === mostK ? undefined : topK }),
    },
    {
      key: 'topP',
      label: say('write.topP'),
      shown: bold.topP?.toFixed(2) ?? say('write.all'),
      slider: { min: 0.05, max: 1, step: 0.05, value: bold.topP ?? 1 },
      change: (topP: number): Bold => ({ ...bold, topP: topP === 1 ? undefined : topP }),
    },
    {
      key: 'count',
      label: say('write.count'),
      shown: String(bold.count),
      slider: { min: 3, max: 5, step: 1, value: bold.count },
      change: (count: number): Bold => ({ ...bold, count }),
    },
  ];
  return (
    <section className="panel stack">
      {fields.map(({ key, label, shown, slider, change }) => (
        <Field
          key={key}
          id={`${id}-${key}`}
          label={label}
          aside={<span className="soft small figure">{shown}</span>}
        >
          <Slider id={`${id}-${key}`} {...slider} onChange={(value) => onChange(change(value))} />
        </Field>
      ))}
    </section>
  );
}
