import { useId } from 'react';

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly value: T | undefined;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  /** Whether to wrap them into several rows. */
  readonly wrap?: boolean | undefined;
  readonly onChange: (value: T) => void;
}

/** A choice of a few visible options: radio buttons. */
export function Choices<T extends string>({
  label,
  value,
  options,
  wrap = false,
  onChange,
}: ChoicesProps<T>) {
  const name = useId();
  return (
    <fieldset className="field">
      <legend className="field-label">{label}</legend>
      <div className={wrap ? 'choices choices-wrap' : 'choices'}>
        {options.map((option) => (
          <label className="choice" key={option.value}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
