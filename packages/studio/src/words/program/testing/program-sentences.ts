import ts from 'typescript';
import { Sources } from './sources.ts';
import { SentenceFinder, type ProgramSentence } from './templates.ts';

/** Sources whose sentences no person of the studio reads, each with its reason. */
export const ELSEWHERE: readonly (readonly [path: RegExp, why: string])[] = [
  [
    /^packages\/engine\//,
    'about tensors and graphs: for programs that use the engine; options are checked before it runs',
  ],
  [/^packages\/latentbrush\/src\/cli\//, 'only the command line shows them'],
  [
    /^packages\/latentbrush\/src\/pretrained\/weights\/(formats\/|names\/|read-weights|weights-error)/,
    'about files of weights: the studio takes no such files, see job-inputs.ts',
  ],
  [
    /^packages\/latentbrush\/src\/pretrained\/backbones\/(onnx|keras)\//,
    'about networks of other programs and their layers, which come from such files',
  ],
  [
    /^packages\/latentbrush\/src\/studio\/server\/start\.ts/,
    'printed in the terminal before there is a page',
  ],
];

export function programSentences(): ProgramSentence[] {
  const sources = allSources();
  const finder = new SentenceFinder(sources);
  const shown = sources.files.filter(({ fileName }) => !ELSEWHERE.some(([path]) => path.test(fileName)));
  const errors = errorClasses(sources);
  const visitAll = (visit: (node: ts.Node) => void): void => {
    const deep = (node: ts.Node): void => {
      visit(node);
      ts.forEachChild(node, deep);
    };
    for (const file of shown) deep(file);
  };
  visitAll((node) => {
    if (ts.isNewExpression(node) && errors.has(node.expression.getText()))
      node.arguments?.forEach((each) => finder.add(each));
    if (ts.isCallExpression(node) && REPORTS.has(calledName(node)))
      node.arguments.forEach((each) => finder.add(each));
    if (ts.isPropertyAssignment(node) && CARRIED.has(node.name.getText())) finder.add(node.initializer);
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === 'error' &&
      ts.isArrayLiteralExpression(node.initializer)
    )
      node.initializer.elements.forEach((each) => finder.add(each));
  });
  visitAll((node) => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'words' && !finder.isPart(node))
      finder.add(node);
  });
  return finder.found;
}

/** The options that sentences name, such as `weights`. */
export function namedOptions(): string[] {
  const names = new Set<string>();
  for (const { fileName, text } of allSources().files)
    if (!ELSEWHERE.some(([path]) => path.test(fileName)))
      for (const [, name = ''] of text.matchAll(/\boption\('(\w+)'\)/g)) names.add(name);
  return [...names];
}

/** All sources as one text. */
export function programText(): string {
  return allSources()
    .files.map(({ text }) => text)
    .join('\n');
}

let parsed: Sources | undefined;

/** The sources, parsed once. */
function allSources(): Sources {
  parsed ??= new Sources(['packages/engine/src', 'packages/latentbrush/src']);
  return parsed;
}

/** Properties that carry a sentence to where it is reported. */
const CARRIED = new Set(['fallback', 'reason', 'doing']);

const REPORTS = new Set(['note', 'warning', 'leftOut', 'onNote']);

function calledName({ expression }: ts.CallExpression): string {
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}

function errorClasses(sources: Sources): Set<string> {
  const names = new Set(['Error', 'RangeError']);
  for (let before = 0; before !== names.size;) {
    before = names.size;
    for (const file of sources.files) {
      const deep = (node: ts.Node): void => {
        if (ts.isClassDeclaration(node) && node.name !== undefined)
          for (const clause of node.heritageClauses ?? [])
            if (clause.types.some(({ expression }) => names.has(expression.getText())))
              names.add(node.name.text);
        ts.forEachChild(node, deep);
      };
      deep(file);
    }
  }
  return names;
}
