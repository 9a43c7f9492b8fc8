import i18next, { type TOptions } from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import { en, type Words } from './en.ts';

export type { Texts, Words } from './en.ts';

/** The name of a text. */
export type WordKey = keyof Words | Counted<keyof Words>;

/** A text with a singular and a plural form is named without its ending. */
type Counted<Key extends string> = Key extends `${infer Name}_other` ? Name : never;

/** The languages of the page, by their own names. */
export const LANGUAGES = { en: 'English', ko: '한국어' } as const;

export type Language = keyof typeof LANGUAGES;

const STORED = 'latentbrush.language';

function firstLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'ko') return stored;
  return navigator.language.startsWith('ko') ? 'ko' : 'en';
}

/** Labels and help of options in Korean; undefined until the page needs them. */
let optionWordsKo: Readonly<Record<string, readonly [label: string, help: string]>> | undefined;

/** Loads the Korean texts. English is part of the page; Korean comes only when it is chosen. */
export async function loadKorean(): Promise<Words> {
  const [{ ko }, options] = await Promise.all([import('./ko.ts'), import('./ko/options.ts')]);
  optionWordsKo = options.optionWordsKo;
  return ko;
}

/** What else a page needs in Korean. */
let loadMoreKorean: () => Promise<unknown> = () => Promise.resolve();

/**
 * Loads the texts once, before the page is drawn.
 * @param loadMore what else this page needs in Korean: the sentences of the program
 */
export async function startWords(loadMore = loadMoreKorean): Promise<void> {
  const language = firstLanguage();
  loadMoreKorean = loadMore;
  if (language === 'ko') await loadMoreKorean();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: {
      en: { translation: en },
      ...(language === 'ko' && { ko: { translation: await loadKorean() } }),
    },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false }, // React escapes
  });
  document.documentElement.lang = i18next.language;
}

/** Shows the page in another language, also next time. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  if (language === 'ko') await loadMoreKorean();
  if (language === 'ko' && !i18next.hasResourceBundle('ko', 'translation'))
    i18next.addResourceBundle('ko', 'translation', await loadKorean());
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Writes a text in the language of the page. */
export type Say = (key: WordKey, values?: TOptions) => string;

/** The texts in the language of the page. */
export function useWords(): { say: Say; language: Language } {
  const { t, i18n } = useTranslation();
  const say = useCallback<Say>((key, values) => t(key, values ?? {}), [t]);
  return { say, language: i18n.language === 'ko' ? 'ko' : 'en' };
}

/** The label and help of an option. */
export interface OptionWords {
  readonly label: string;
  readonly help: string;
}

/**
 * The label and help of an option. English help comes from the schema; Korean help from here, by job and option, else by system and
 * option, else by option.
 * @param job name of the job: `dream.picture`
 * @param described the help of the schema
 */
export function optionWords(language: Language, job: string, option: string, described: string): OptionWords {
  const plain = {
    label: option
      .replace(/([A-Z])/g, ' $1')
      .toLowerCase()
      .replace(/^./, (first) => first.toUpperCase()),
    help: described.replace(/^./, (first) => first.toUpperCase()),
  };
  if (language === 'en') return plain;
  const [system = ''] = job.split('.');
  const keys = [`${job}.${option}`, `${system}.${option}`, option];
  const [label, help] = keys.map((key) => optionWordsKo?.[key]).find((words) => words !== undefined) ?? [];
  return { label: label ?? plain.label, help: help ?? plain.help };
}
