import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { z } from 'zod';
import type { SvgDrawing } from '../../image/index.ts';

/** Names of the sets of emoji, with their numbers of pictures. */
export const emojiSets = {
  noto: 3819,
  twemoji: 4169,
  'fluent-emoji-flat': 3174,
  openmoji: 4579,
} as const satisfies Readonly<Record<string, number>>;

export type EmojiSetName = keyof typeof emojiSets;

export const emojiSetNames = Object.keys(emojiSets) as EmojiSetName[];

/** The author and the terms of use of a set. */
export interface EmojiSetInfo {
  readonly name: EmojiSetName;
  readonly title: string;
  readonly author: string;
  readonly homepage: string;
  /** SPDX identifier. */
  readonly licence: string;
  readonly licenceUrl: string;
  /** Name and version of the npm package. */
  readonly package: string;
  readonly pictures: number;
}

/** One picture of a set, not yet drawn. */
export interface Emoji {
  readonly set: EmojiSetName;
  /** "grinning face with smiling eyes", "waving hand medium-light skin tone" */
  readonly name: string;
  /** Groups of Unicode: "Smileys & Emotion", "Animals & Nature" ...; "Other" for a few without a group. */
  readonly category: string;
  readonly drawing: SvgDrawing;
}

const iconsFile = z.object({
  width: z.number(),
  height: z.number(),
  icons: z.record(
    z.string(),
    z.object({
      body: z.string(),
      left: z.exactOptional(z.number()),
      top: z.exactOptional(z.number()),
      width: z.exactOptional(z.number()),
      height: z.exactOptional(z.number()),
    }),
  ),
});
const metadataFile = z.object({ categories: z.record(z.string(), z.array(z.string())) });
const infoFile = z.object({
  name: z.string(),
  author: z.object({ name: z.string(), url: z.string() }),
  license: z.object({ spdx: z.string(), url: z.string() }),
});
const packageFile = z.object({ name: z.string(), version: z.string() });

/**
 * Author and terms of a set, from its package.
 * @example
 * const { title, licence } = await data.emojiSetInfo('noto');
 * console.log(title, licence); // Noto Emoji Apache-2.0
 */
export async function emojiSetInfo(set: EmojiSetName): Promise<EmojiSetInfo> {
  const { name: title, author, license } = await packageJson(set, 'info.json', infoFile);
  return {
    name: set,
    title,
    author: author.name,
    homepage: author.url,
    licence: license.spdx,
    licenceUrl: license.url,
    package: await emojiPackage(set),
    pictures: emojiSets[set],
  };
}

/** Name and version of a set's npm package. */
export async function emojiPackage(set: EmojiSetName): Promise<string> {
  const { name, version } = await packageJson(set, 'package.json', packageFile);
  return `${name}@${version}`;
}

/**
 * All pictures of a set, in the order of its package. They include old drawings that its package keeps as hidden ones.
 */
export async function loadEmojiSet(set: EmojiSetName): Promise<Emoji[]> {
  const { icons, width, height } = await packageJson(set, 'icons.json', iconsFile);
  const { categories } = await packageJson(set, 'metadata.json', metadataFile);
  const categoryOf = new Map<string, string>();
  for (const [category, names] of Object.entries(categories)) {
    const title = category.replace(/^(Animals|Food|People|Smileys|Travel) (?!&)/, '$1 & ');
    for (const name of names) categoryOf.set(withoutTone(emojiName(name, icons)), title);
  }
  return Object.entries(icons).map(([id, icon]) => {
    const name = emojiName(id, icons);
    const drawing = { left: 0, top: 0, width, height, ...icon };
    return { set, name, category: categoryOf.get(withoutTone(name)) ?? 'Other', drawing };
  });
}

const TONES = ['light', 'medium-light', 'medium', 'medium-dark', 'dark'];

/** The words of a picture's name; skin tones have the names of Unicode in all sets. */
function emojiName(id: string, icons: Readonly<Record<string, unknown>>): string {
  return withFullTone(id.replace(/^flag-for-/, ''), icons)
    .replaceAll('-', ' ')
    .replace(/medium (light|dark)(?= skin tone)/g, 'medium-$1');
}

/** Fluent writes "artist-dark"; some of Noto's are "mermaid-tone5". */
function withFullTone(id: string, icons: Readonly<Record<string, unknown>>): string {
  const [, numbered, number] = /^(.+)-tone([1-5])$/.exec(id) ?? [];
  if (numbered !== undefined) return `${numbered}-${TONES[Number(number) - 1]}-skin-tone`;
  const [, base, tone] = /^(.+?)-((?:medium-)?(?:light|dark)|medium)$/.exec(id) ?? [];
  return base !== undefined && base in icons ? `${base}-${tone}-skin-tone` : id;
}

function withoutTone(name: string): string {
  return name.replace(/ (?:light|medium-light|medium|medium-dark|dark) skin tone/g, '');
}

const require = createRequire(import.meta.url);

async function packageJson<S extends z.ZodType>(
  set: EmojiSetName,
  file: string,
  schema: S,
): Promise<z.output<S>> {
  const path = require.resolve(`@iconify-json/${set}/${file}`);
  return schema.parse(JSON.parse(await readFile(path, 'utf8')));
}
