import { useId, useState } from 'react';
import { Button } from '../design/button.tsx';
import { ErrorLine } from '../design/error-line.tsx';
import { described, Field } from '../design/field.tsx';
import { Slider } from '../design/slider.tsx';
import { useWords, type OptionWords } from '../words/index.ts';
import { LayersField, type Contribution } from './layers-field.tsx';
import { isSame, withoutOption, type Property } from './schema.ts';

/** The properties of an option's field. */
export interface OptionFieldProps {
  readonly property: Property;
  readonly words: OptionWords;
  readonly value: unknown;
  /** The value that the form began with (default: the default of the option). */
  readonly begin?: unknown;
  readonly error?: string | undefined;
  /** Id of the control, so that the form can focus it. */
  readonly id: string;
  readonly onChange: (value: unknown) => void;
}

/** The control of an option, by its type: a choice, a check box, a slider with a number, a list, a mix of layers. */
export function OptionField(props: OptionFieldProps) {
  const { property, value, begin, words, id, error, onChange } = props;
  const { say } = useWords();
  const isChanged = !isSame(property, value, begin);
  if (property.type === 'boolean') return <CheckField {...props} />;
  const aside = isChanged ? (
    <Button
      look="quiet"
      small
      className="option-reset"
      aria-label={`${say('form.reset')}: ${words.label}`}
      onClick={() => onChange(begin)}
    >
      {say('form.reset')}
    </Button>
  ) : undefined;
  const frame = { id, label: words.label, help: words.help, error, aside };
  if (property.items?.properties !== undefined && 'coefficient' in property.items.properties)
    return (
      <fieldset className="field" id={id} tabIndex={-1}>
        <legend className="unseen">{words.label}</legend>
        <div className="field-head">
          <span className="field-label">{words.label}</span>
          {aside}
        </div>
        <LayersField
          value={(value ?? property.default ?? []) as readonly Contribution[]}
          onChange={onChange}
        />
        <p className="field-help">{words.help}</p>
        {error !== undefined && <ErrorLine>{error}</ErrorLine>}
      </fieldset>
    );
  if (property.properties !== undefined) return <SizeField {...props} />;
  return (
    <Field {...frame}>
      <Control {...props} />
    </Field>
  );
}

function Control({ property, words, value, error, id, onChange }: OptionFieldProps) {
  const { say } = useWords();
  const attributes = described(id, { help: words.help, error });
  if (property.enum !== undefined) {
    const shown = value ?? property.default;
    return (
      <select
        className="input"
        {...attributes}
        value={typeof shown === 'string' || typeof shown === 'number' ? String(shown) : ''}
        onChange={(event) => onChange(property.enum?.find((one) => String(one) === event.target.value))}
      >
        {property.default === undefined && <option value="">{say('form.automatic')}</option>}
        {property.enum.map((one) => (
          <option key={String(one)}>{String(one)}</option>
        ))}
      </select>
    );
  }
  if (property.type === 'number' || property.type === 'integer')
    return (
      <NumberControl
        property={property}
        label={words.label}
        value={value}
        attributes={attributes}
        onChange={onChange}
      />
    );
  return <TextControl property={property} value={value} attributes={attributes} onChange={onChange} />;
}

type Attributes = ReturnType<typeof described>;

interface ControlProps {
  readonly property: Property;
  readonly value: unknown;
  readonly attributes: Attributes;
  readonly onChange: (value: unknown) => void;
}

/** Ranges that a slider can show: wider ones would jump. */
const WIDEST = 512;

function NumberControl({ property, label, value, attributes, onChange }: ControlProps & { label: string }) {
  const { say } = useWords();
  const low = property.minimum ?? property.exclusiveMinimum;
  const high = property.maximum ?? property.exclusiveMaximum;
  const shown = typeof value === 'number' ? value : property.default;
  const isWhole = property.type === 'integer';
  const hasSlider =
    typeof shown === 'number' && low !== undefined && high !== undefined && high - low <= WIDEST;
  const step = property.multipleOf ?? (isWhole ? 1 : fineStep(typeof shown === 'number' ? shown : 1));
  return (
    <div className={hasSlider ? 'option-number' : 'option-number option-number-alone'}>
      {hasSlider && (
        <Slider
          label={label}
          min={property.minimum ?? low + step}
          max={sliderEnd(shown, property.default, high)}
          step={step}
          value={shown}
          onChange={onChange}
        />
      )}
      <input
        className="input input-number"
        type="number"
        inputMode={isWhole ? 'numeric' : 'decimal'}
        {...attributes}
        min={property.minimum}
        max={high}
        step={isWhole ? step : 'any'}
        placeholder={say('form.automatic')}
        value={typeof shown === 'number' ? shown : ''}
        onChange={(event) => {
          const number = event.target.valueAsNumber;
          onChange(Number.isNaN(number) ? undefined : number);
        }}
      />
    </div>
  );
}

/** The end of a slider: near usual values, since limits of options are wide. */
function sliderEnd(shown: number, fallback: unknown, high: number): number {
  const usual = typeof fallback === 'number' && fallback > 0 ? fallback * 5 : high;
  return Math.min(high, Math.max(usual, shown));
}

function fineStep(value: number): number {
  const size = Math.abs(value) || 1;
  return 10 ** (Math.floor(Math.log10(size)) - 1);
}

function TextControl({ property, value, attributes, onChange }: ControlProps) {
  const { say } = useWords();
  const isList = property.type === 'array';
  const written = asText(value ?? property.default);
  const [draft, setDraft] = useState({ written, text: written });
  const text = draft.written === written ? draft.text : written; // it was changed from outside
  return (
    <input
      className="input"
      type="text"
      spellCheck={false}
      {...attributes}
      placeholder={say('form.automatic')}
      value={text}
      onChange={(event) => {
        const given = event.target.value;
        const next = given.trim() === '' ? undefined : isList ? listOf(given, property) : given.trim();
        setDraft({ written: asText(next ?? property.default), text: given });
        onChange(next);
      }}
    />
  );
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : '';
}

function listOf(text: string, { items }: Property): unknown[] {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return items?.type === 'string' ? parts : parts.map(Number);
}

function CheckField({ property, words, value, error, id, onChange }: OptionFieldProps) {
  return (
    <div className="field">
      <div className="field-check">
        <input
          type="checkbox"
          {...described(id, { help: words.help, error })}
          checked={(value ?? property.default ?? false) === true}
          onChange={(event) => onChange(event.target.checked)}
        />
        <label className="field-label" htmlFor={id}>
          {words.label}
        </label>
      </div>
      <p className="field-help" id={`${id}-help`}>
        {words.help}
      </p>
      {error !== undefined && <ErrorLine id={`${id}-error`}>{error}</ErrorLine>}
    </div>
  );
}

/** An object of required numbers: a width and a height. */
function SizeField({ property, words, value, error, id, onChange }: OptionFieldProps) {
  const { say } = useWords();
  const name = useId();
  const now = (value ?? {}) as Readonly<Record<string, number>>;
  const parts = Object.keys(property.properties ?? {});
  return (
    <fieldset className="field" id={id} tabIndex={-1} aria-describedby={`${id}-help`}>
      <legend className="field-label">{words.label}</legend>
      <div className="row">
        {parts.map((part) => (
          <span className="row" key={part}>
            <label className="small" htmlFor={`${name}-${part}`}>
              {part === 'height' ? say('form.height') : part === 'width' ? say('form.width') : part}
            </label>
            <input
              id={`${name}-${part}`}
              className="input input-number"
              type="number"
              min={property.properties?.[part]?.minimum}
              max={property.properties?.[part]?.maximum}
              value={now[part] ?? ''}
              onChange={(event) => {
                const others = withoutOption(now, part);
                const number = event.target.valueAsNumber;
                const next = Number.isNaN(number) ? others : { ...others, [part]: number };
                onChange(Object.keys(next).length === 0 ? undefined : next);
              }}
            />
          </span>
        ))}
      </div>
      <p className="field-help" id={`${id}-help`}>
        {words.help}
      </p>
      {error !== undefined && <ErrorLine>{error}</ErrorLine>}
    </fieldset>
  );
}
