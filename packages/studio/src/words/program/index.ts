import type { Language } from '../index.ts';
import address from './ko.json?url';
import { Translator, type Catalogue } from './translator.ts';

let korean: Promise<void> | undefined;
let translator: Translator | undefined;

/**
 * Loads what the program says in Korean: a file of its own, which only Korean pages ask for. Without it the sentences stay in English.
 */
export function loadProgramWords(): Promise<void> {
  korean ??= fetch(address)
    .then(async (answer) => {
      if (!answer.ok) throw new Error(`${address}: was answered with ${answer.status}`);
      translator = new Translator((await answer.json()) as Catalogue);
    })
    .catch(() => {
      korean = undefined; // the next change of the language tries again
    });
  return korean;
}

/** A sentence of the program in the language of the page: in English if it is not known. */
export function programSentence(text: string, language: Language): string {
  return (language === 'ko' ? translator?.translate(text) : undefined) ?? text;
}
