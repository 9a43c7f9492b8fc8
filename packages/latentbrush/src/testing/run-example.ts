import { format } from 'node:util';
import ts from 'typescript';

type Run = (...values: unknown[]) => Promise<void>;
const AsyncFunction = (async () => await Promise.resolve()).constructor as new (
  ...parametersAndBody: string[]
) => Run;

/** A line that prints, and the expected output in its comment. */
const PRINTED = /^(\s*)(?:if \(.*?\) )?console\.log\(.*\); \/\/ (.+)$/gm;

/**
 * Runs an example. @param names values for the names that it uses without imports @param modules its imports, by path @returns its output,
 * with the comments on its `console.log` lines
 */
export async function runExample(
  code: string,
  names: Readonly<Record<string, unknown>>,
  modules: Readonly<Record<string, unknown>>,
): Promise<{ printed: string[]; expected: string[] }> {
  const expected: string[] = [];
  const printed: string[] = [];
  let last = '';
  const marked = code.replace(PRINTED, (line, indent: string, comment: string) => {
    expected.push(comment);
    return `${line.slice(0, -comment.length - 4)}\n${indent};said(${expected.length - 1});`;
  });
  const imported = marked.replace(
    /^import (\{.*\}) from '(.*)';$/gm,
    (_, what: string, path: string) => `const ${what} = modules[${JSON.stringify(path)}];`,
  );
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
  const { outputText } = ts.transpileModule(imported, { compilerOptions });
  const scope = {
    ...names,
    modules,
    console: { log: (...values: unknown[]) => (last = format(...values)) },
    said: (index: number) => (printed[index] = last.replace(/\s*\n\s*/g, ' ')),
  };
  await new AsyncFunction(...Object.keys(scope), outputText)(...Object.values(scope));
  return { printed, expected };
}
