import type { CarriedRecipe } from '../api/queries.ts';
import { useDefinition } from '../api/queries.ts';
import { Button } from '../design/button.tsx';
import { fittingOptions } from '../forms/schema.ts';
import { inShort } from '../forms/in-short.ts';
import { jobTitle } from '../queue/job-words.ts';
import { optionWords, useWords } from '../words/index.ts';
import type { FollowedRecipe } from './use-job-page.ts';

interface RecipeNoticeProps {
  readonly recipe: CarriedRecipe & { readonly job: string };
  readonly onUse: (recipe: FollowedRecipe) => void;
  readonly onIgnore: () => void;
}

/** Shows the recipe of an uploaded picture, and offers its settings. */
export function RecipeNotice({ recipe, onUse, onIgnore }: RecipeNoticeProps) {
  const { say, language } = useWords();
  const schema = useDefinition(recipe.job)?.options;
  if (schema === undefined) return null;
  const options = fittingOptions(schema, { ...recipe.options, seed: recipe.seed });
  const shown = Object.entries(options);
  const { pictures = {} } = recipe;
  const { run } = recipe.options;
  const inputs = Object.values(pictures).flat();
  return (
    <section className="panel stack recipe" aria-label={say('recipe.title')}>
      <h3>{say('recipe.title')}</h3>
      <p className="soft small">{say('recipe.about', { job: jobTitle({ job: recipe.job }, say) })}</p>
      <dl className="recipe-list">
        {shown.length === 0 && <dd>{say('recipe.defaults')}</dd>}
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>{optionWords(language, recipe.job, name, '').label}</dt>
            <dd>
              <code>{inShort(value)}</code>
            </dd>
          </div>
        ))}
      </dl>
      {inputs.length > 0 && (
        <p className="soft small">{say(inputs.includes(null) ? 'recipe.missing' : 'recipe.found')}</p>
      )}
      <div className="row">
        <Button onClick={() => onUse({ options, pictures, ...(typeof run === 'string' && { run }) })}>
          {say('recipe.use')}
        </Button>
        <Button look="quiet" onClick={onIgnore}>
          {say('recipe.ignore')}
        </Button>
      </div>
    </section>
  );
}
