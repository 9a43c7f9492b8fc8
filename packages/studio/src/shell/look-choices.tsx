import { useTheme, type Theme } from '../design/theme.ts';
import { chooseLanguage, LANGUAGES, useWords, type Language } from '../words/index.ts';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

/** The choice of language and colours. */
export function LookChoices() {
  const { say, language } = useWords();
  const [theme, chooseTheme] = useTheme();
  return (
    <>
      <select
        className="bar-select"
        aria-label={say('app.language')}
        value={language}
        onChange={(event) => void chooseLanguage(event.target.value as Language)}
      >
        {Object.entries(LANGUAGES).map(([value, name]) => (
          <option key={value} value={value} lang={value}>
            {name}
          </option>
        ))}
      </select>
      <select
        className="bar-select"
        aria-label={say('app.theme')}
        value={theme}
        onChange={(event) => chooseTheme(event.target.value as Theme)}
      >
        {THEMES.map((value) => (
          <option key={value} value={value}>
            {say(`app.theme.${value}`)}
          </option>
        ))}
      </select>
    </>
  );
}
