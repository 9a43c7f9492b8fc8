import { useEffect, useId, useState } from 'react';
import { Button } from '../design/button.tsx';
import { optionWords, useWords } from '../words/index.ts';
import './forms.css';
import { OptionField } from './option-field.tsx';
import { inShort } from './in-short.ts';
import { isSame, shownProperties, withOption, type Options } from './schema.ts';

interface SchemaFormProps {
  /** Name of the job, for the labels. */
  readonly job: string;
  /** JSON Schema of the options. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly value: Options;
  /** The options that the page began with: they are not the person's changes. */
  readonly begins?: Options | undefined;
  /** The options of a recipe that the form began with: it opens, and marks what differs. */
  readonly recipe?: Options | undefined;
  /** The server's error about an option. */
  readonly error?: { readonly option: string; readonly text: string } | undefined;
  /** Options at another place on the page. */
  readonly without?: readonly string[] | undefined;
  readonly onChange: (value: Options) => void;
}

/** All options of a job, from its schema: help, defaults and ranges. Collapsed until one of them is wrong. */
export function SchemaForm({
  job,
  schema,
  value,
  begins = {},
  recipe,
  error,
  without = [],
  onChange,
}: SchemaFormProps) {
  const { say, language } = useWords();
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const properties = shownProperties(schema).filter(([name]) => !without.includes(name));
  const changed = properties.filter(
    ([name, property]) => !isSame(property, value[name], begins[name]),
  ).length;
  const different =
    recipe === undefined
      ? []
      : properties.filter(([name, property]) => !isSame(property, value[name], recipe[name]));
  useEffect(() => {
    if (recipe !== undefined) setOpen(true);
  }, [recipe]);
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
        {recipe === undefined ? (
          changed > 0 && <span className="options-changed">{say('form.changed', { count: changed })}</span>
        ) : (
          <span className="options-changed">
            {different.length === 0 ? say('form.asRecipe') : say('form.differ', { count: different.length })}
          </span>
        )}
      </summary>
      {isOpen && (
        <div className="options-list">
          {different.length > 0 && (
            <Button small onClick={() => onChange(recipe ?? {})}>
              {say('form.recipe.all')}
            </Button>
          )}
          {recipe === undefined && changed > 0 && (
            <Button small onClick={() => onChange(begins)}>
              {say('form.reset.all')}
            </Button>
          )}
          {properties.map(([name, property]) => {
            const words = optionWords(language, job, name, property.description ?? '');
            const set = (next: unknown): void => onChange(withOption(value, name, next, property));
            const isDifferent = different.some(([one]) => one === name);
            const recorded = recipe?.[name] ?? property.default;
            return (
              <div key={name} className={isDifferent ? 'option-differs' : undefined}>
                <OptionField
                  id={`${id}-${name}`}
                  property={property}
                  words={words}
                  value={value[name]}
                  begin={recipe === undefined ? begins[name] : undefined}
                  error={error?.option === name ? error.text : undefined}
                  onChange={set}
                />
                {isDifferent && (
                  <p className="option-recipe">
                    <span>
                      {say('form.recipe', {
                        value: recorded === undefined ? say('form.automatic') : inShort(recorded),
                      })}
                    </span>
                    <Button
                      look="quiet"
                      small
                      className="option-reset"
                      aria-label={`${say('form.recipe.take')}: ${words.label}`}
                      onClick={() => set(recipe?.[name])}
                    >
                      {say('form.recipe.take')}
                    </Button>
                  </p>
                )}
              </div>
            );
          })}
        </div>
      )}
    </details>
  );
}
