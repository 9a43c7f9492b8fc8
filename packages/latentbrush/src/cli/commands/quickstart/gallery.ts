import { writeFileAtomic } from '../../../files/atomic-file.ts';

/** A picture of a gallery. */
export interface GalleryPicture {
  /** Its file, relative to the page. */
  readonly file: string;
  readonly caption: string;
}

/** A part of a gallery: pictures or a text, and their command. */
export interface GallerySection {
  readonly title: string;
  /** A description of one or two sentences. */
  readonly about: string;
  /** A command that makes a similar one. */
  readonly command: string;
  readonly pictures?: readonly GalleryPicture[];
  readonly texts?: readonly { readonly caption: string; readonly text: string }[];
}

/** Writes a page that shows the results; it needs only the pictures beside it. */
export async function writeGallery(path: string, sections: readonly GallerySection[]): Promise<void> {
  await writeFileAtomic(path, new TextEncoder().encode(page(sections)));
}

function page(sections: readonly GallerySection[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Latentbrush gallery</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Latentbrush</h1><p>Made on this machine, a moment ago. A model is a brush in your hand.</p></header>
<main>
${sections.map(sectionOf).join('\n')}
</main>
</body>
</html>
`;
}

function sectionOf({ title, about, command, pictures = [], texts = [] }: GallerySection): string {
  const figures = pictures.map(
    ({ file, caption }) =>
      `<figure><a href="${escaped(file)}"><img src="${escaped(file)}" alt="${escaped(caption)}"></a><figcaption>${escaped(caption)}</figcaption></figure>`,
  );
  const quotes = texts.map(
    ({ caption, text }) =>
      `<figure><blockquote>${escaped(text)}</blockquote><figcaption>${escaped(caption)}</figcaption></figure>`,
  );
  return `<section>
<h2>${escaped(title)}</h2>
<p>${escaped(about)}</p>
<div class="row">${[...figures, ...quotes].join('\n')}</div>
<pre><code>${escaped(command)}</code></pre>
</section>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

const STYLE = `
:root { color-scheme: dark; --ink: #ece7df; --dim: #a39c92; --paper: #161514; --line: #33302c; --accent: #f0b35a; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
header, main { max-width: 1120px; margin: 0 auto; padding: 2.5rem 1.5rem 0; }
main { padding-top: 0; padding-bottom: 4rem; }
h1 { margin: 0; font-size: 2.2rem; letter-spacing: -0.02em; }
h2 { margin: 3rem 0 0.2rem; font-size: 1.3rem; color: var(--accent); }
p { margin: 0.2rem 0 1rem; color: var(--dim); max-width: 70ch; }
.row { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 1.2rem; align-items: start; }
figure { margin: 0; }
img { display: block; width: 100%; height: auto; border-radius: 4px; }
figcaption { margin-top: 0.4rem; font-size: 0.85rem; color: var(--dim); }
blockquote { margin: 0; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: 4px; font: 0.95rem/1.6 Georgia, serif;
  white-space: pre-wrap; overflow-wrap: anywhere; }
pre { overflow-x: auto; margin: 1rem 0 0; padding: 0.7rem 1rem; background: #0f0e0d; border: 1px solid var(--line); border-radius: 4px;
  font-size: 0.85rem; }
`;
