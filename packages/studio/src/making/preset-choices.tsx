import { Choices } from '../design/choices.tsx';
import type { Options } from '../forms/schema.ts';
import { presetOf, withPreset, type Preset } from './presets.ts';

interface PresetChoicesProps<Name extends string> {
  readonly label: string;
  readonly presets: readonly Preset<Name>[];
  readonly options: Options;
  readonly word: (name: Name) => string;
  readonly wrap?: boolean | undefined;
  readonly onChange: (options: Options) => void;
}

/** A few presets to choose from; none is marked after the user changed their options below. */
export function PresetChoices<Name extends string>({
  label,
  presets,
  options,
  word,
  wrap,
  onChange,
}: PresetChoicesProps<Name>) {
  return (
    <Choices
      label={label}
      wrap={wrap}
      value={presetOf(options, presets)}
      options={presets.map(({ name }) => ({ value: name, label: word(name) }))}
      onChange={(name) => onChange(withPreset(options, presets, name))}
    />
  );
}
