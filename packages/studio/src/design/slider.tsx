interface SliderProps {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Its name, if it has no label. */
  readonly label?: string | undefined;
  /** What screen readers say in place of the number. */
  readonly valueText?: string | undefined;
  readonly id?: string | undefined;
  readonly onChange: (value: number) => void;
}

/** A slider: the browser's own, which supports keys, touch and screen readers. */
export function Slider({ value, min, max, step, label, valueText, id, onChange }: SliderProps) {
  return (
    <input
      className="slider"
      type="range"
      id={id}
      aria-label={label}
      aria-valuetext={valueText}
      value={value}
      min={min}
      max={max}
      step={step}
      onChange={(event) => onChange(Number(event.target.value))}
    />
  );
}
