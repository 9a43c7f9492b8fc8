import { useEffect, useId, useRef, useState } from 'react';
import { Button } from '../design/button.tsx';
import { optionWords, useWords } from '../words/index.ts';
import './forms.css';
import { OptionField } from './option-field.tsx';
import { isDefault, shownProperties, withOption, type Options } from './schema.ts';

interface SchemaFormProps {
  /** Name of the job, for the labels. */
  readonly job: string;
  /** JSON Schema of the options. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value: Options;
  /** The server's error about an option. */
  readonly error?: { readonly option: string; readonly text: string } | undefined;
  /** Options at another place on the page. */
  readonly without?: readonly string[] | undefined;
  readonly onChange: (value: Options) => void;
}

/** All options of a job, from its schema: help, defaults and ranges. Collapsed until one of them is wrong. */
export function SchemaForm({ job, schema, value, error, without = [], onChange }: SchemaFormProps) {
  const { say, language } = useWords();
  const [isOpen, setOpen] = useState(false);
  const form = useRef<HTMLDivElement>(null);
  const id = useId();
  const properties = shownProperties(schema).filter(([name]) => !without.includes(name));
  const changed = properties.filter(([name, property]) => !isDefault(property, value[name])).length;
  const wrong = error?.option;
  const said = error?.text;
  useEffect(() => {
    if (wrong === undefined) return;
    setOpen(true);
    requestAnimationFrame(() => document.getElementById(`${id}-${wrong}`)?.focus());
  }, [said, wrong, id]);
  return (
    <details className="options" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {say('form.all')}
        {changed > 0 && <span className="options-changed">{say('form.changed', { count: changed })}</span>}
      </summary>
      {isOpen && (
        <div className="options-list" ref={form}>
          {changed > 0 && (
            <Button small onClick={() => onChange({})}>
              {say('form.reset.all')}
            </Button>
          )}
          {properties.map(([name, property]) => (
            <OptionField
              key={name}
              id={`${id}-${name}`}
              property={property}
              words={optionWords(language, job, name, property.description ?? '')}
              value={value[name]}
              error={error?.option === name ? error.text : undefined}
              onChange={(next) => onChange(withOption(value, name, next, property))}
            />
          ))}
        </div>
      )}
    </details>
  );
}
