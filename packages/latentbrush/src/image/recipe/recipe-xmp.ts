import { encodeRecipe, type Recipe } from './recipe.ts';

/** The namespace of our properties. XMP requires a URI, which nobody fetches; this one leads people to the documentation. */
const NAMESPACE = 'https://www.npmjs.com/package/latentbrush#';

/** Other programs can write the property as an element or, shorter, as an attribute (RDF 1.1 XML Syntax, 2.5). */
const PROPERTY = /latentbrush:recipe(?:>([^<]*)<|\s*=\s*"([^"<]*)"|\s*=\s*'([^'<]*)')/y;

/**
 * A recipe as an XMP packet (ISO 16684-1), the metadata that all our picture formats can contain: PNG, JPEG, WebP, AVIF and
 * TIFF. The recipe is the text of the property `latentbrush:recipe`; `xmp:CreatorTool` names us to other programs.
 * @throws when the recipe is too long
 */
export function recipeXmp(recipe: Recipe): string {
  const tool = `latentbrush ${recipe.version}`.replace(/[^\w .+-]/g, '');
  return [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    `<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:latentbrush="${NAMESPACE}">`,
    `<xmp:CreatorTool>${tool}</xmp:CreatorTool>`,
    `<latentbrush:recipe>${encodeRecipe(recipe)}</latentbrush:recipe>`,
    '</rdf:Description></rdf:RDF></x:xmpmeta>',
    '<?xpacket end="r"?>',
  ].join('\n');
}

/** The recipe's text in an XMP packet, still encoded; undefined when there is none. */
export function recipeTextOf(xmp: string): string | undefined {
  // Only the first match counts: a packet of many beginnings would take hours otherwise.
  const start = xmp.search(/latentbrush:recipe\s*[>=]/);
  if (start < 0) return undefined;
  PROPERTY.lastIndex = start;
  const found = PROPERTY.exec(xmp);
  const text = found?.[1] ?? found?.[2] ?? found?.[3];
  return text === undefined ? undefined : unescapeXml(text).trim();
}

/** Our own packets need no escapes; programs that rewrite metadata escape quotes. */
function unescapeXml(text: string): string {
  return text.replace(
    /&(?:quot|apos|#(\d{1,3})|#x([0-9a-fA-F]{1,2}));/g,
    (entity, decimal?: string, hex?: string) => {
      if (decimal !== undefined) return String.fromCharCode(Number(decimal));
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      return entity === '&quot;' ? '"' : "'";
    },
  );
}
