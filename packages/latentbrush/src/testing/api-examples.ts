import { dirname, join } from 'node:path';
import ts from 'typescript';

/** A function or a class that a namespace of `index.ts` exports. */
export interface Exported {
  /** Its name in a program: `vae.train`. */
  readonly name: string;
  /** Whether the next version removes it. */
  readonly isDeprecated: boolean;
  /** Code of its `@example` tags. */
  readonly examples: readonly string[];
}

/** The library in the compiler: its exports, and whether examples use them correctly. */
export class Api {
  readonly exported: readonly Exported[];
  /** Exports of `latentbrush`: examples use these names without importing them. */
  readonly names: readonly string[];
  readonly #index: string;
  readonly #options: ts.CompilerOptions;
  readonly #program: ts.Program;

  /**
   * @param index the file that exports the library
   * @param config its compiler options
   */
  constructor(index: string, config: string) {
    const { config: read } = ts.readConfigFile(config, (path) => ts.sys.readFile(path)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent({ ...read, files: [] }, ts.sys, dirname(config));
    this.#options = {
      ...options,
      composite: false,
      noEmit: true,
      noUnusedLocals: false, // an example can leave a value unused
      verbatimModuleSyntax: false,
    };
    this.#index = index;
    this.#program = ts.createProgram([index], this.#options);
    const checker = this.#program.getTypeChecker();
    const library = checker.getSymbolAtLocation(this.#program.getSourceFile(index)!)!;
    const all = exportsOf(checker, library).filter(([, { flags }]) => (flags & ts.SymbolFlags.Value) !== 0);
    this.names = all.map(([name]) => name);
    this.exported = all
      .filter(([, { flags }]) => (flags & ts.SymbolFlags.ValueModule) !== 0)
      .flatMap(([namespace, symbol]) =>
        exportsOf(checker, symbol)
          .filter(([, { flags }]) => (flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) !== 0)
          .map(([name, each]) => {
            const tags = each.getJsDocTags(checker);
            return {
              name: `${namespace}.${name}`,
              isDeprecated: tags.some((tag) => tag.name === 'deprecated'),
              examples: tags
                .filter((tag) => tag.name === 'example')
                .map(({ text }) => ts.displayPartsToString(text).trim()),
            };
          }),
      );
  }

  /**
   * Checks the types of examples, all in one program.
   * @returns the errors, one line each
   */
  typeErrors(examples: ReadonlyMap<string, string>): string[] {
    const files = new Map(
      Array.from(examples, ([name, code]) => [
        join(dirname(this.#index), `example of ${name}.ts`),
        `import { ${this.names.join(', ')} } from 'latentbrush';\n${code}\nexport {};\n`,
      ]),
    );
    const host = ts.createCompilerHost(this.#options);
    const disk = { ...host };
    host.fileExists = (path) => files.has(path) || disk.fileExists(path);
    host.readFile = (path) => files.get(path) ?? disk.readFile(path);
    host.getSourceFile = (path, options, ...rest) => {
      const code = files.get(path);
      if (code !== undefined) return ts.createSourceFile(path, code, options);
      return this.#program.getSourceFile(path) ?? disk.getSourceFile(path, options, ...rest);
    };
    const program = ts.createProgram([...files.keys()], this.#options, host);
    return [...files.keys()].flatMap((path) => {
      const source = program.getSourceFile(path)!;
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return found.map(({ start = 0, messageText }) => {
        const line = source.text.split('\n')[source.getLineAndCharacterOfPosition(start).line];
        const [, name] = /(example of .*)\.ts$/.exec(path)!;
        return `${name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}: ${line}`;
      });
    });
  }
}

/** Symbols that a module exports, by their exported names. */
function exportsOf(checker: ts.TypeChecker, module: ts.Symbol): (readonly [name: string, ts.Symbol])[] {
  return checker.getExportsOfModule(module).map((symbol) => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return [symbol.name, isAlias ? checker.getAliasedSymbol(symbol) : symbol];
  });
}
