import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A function with a body. */
type WithBody =
  | ts.FunctionDeclaration
  | ts.ArrowFunction
  | ts.FunctionExpression
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration;

/** What a name stands for. */
export type Declared =
  | { readonly kind: 'value'; readonly initializer: ts.Expression }
  | { readonly kind: 'parameter'; readonly node: ts.ParameterDeclaration }
  | { readonly kind: 'function'; readonly node: WithBody };

/** Sources of the packages that a program consists of, without tests, parsed but not checked: fast, and names are enough here. */
export class Sources {
  readonly files: readonly ts.SourceFile[];
  readonly #root: string;
  readonly #calls = new Map<string, (ts.CallExpression | ts.NewExpression)[]>();
  readonly #exported = new Map<string, Declared[]>();

  /** @param packages folders below the root of the workspace */
  constructor(packages: readonly string[]) {
    this.#root = fileURLToPath(new URL('../../../../../../', import.meta.url));
    const names = packages.flatMap((folder) =>
      readdirSync(this.#root + folder, { recursive: true })
        .map((name) => `${folder}/${String(name).replaceAll('\\', '/')}`)
        .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|\/testing\//.test(name)),
    );
    this.files = names
      .sort()
      .map((name) =>
        ts.createSourceFile(name, readFileSync(this.#root + name, 'utf8'), ts.ScriptTarget.Latest, true),
      );
    for (const file of this.files) this.#index(file);
  }

  /** `packages/latentbrush/src/words.ts:12` */
  placeOf(node: ts.Node): string {
    const file = node.getSourceFile();
    return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
  }

  /** What a name stands for where it is written. */
  find(name: ts.Identifier): Declared | undefined {
    for (let at: ts.Node = name.parent; ; at = at.parent) {
      const found = declaredIn(at, name.text);
      if (found !== undefined) return found === 'unknown' ? undefined : found;
      if (ts.isSourceFile(at)) break;
    }
    const others = this.#exported.get(name.text) ?? [];
    return others.length === 1 ? others[0] : undefined;
  }

  /** The function that is called. */
  findCalled({ expression }: ts.CallExpression): Declared | undefined {
    if (ts.isIdentifier(expression)) {
      const found = this.find(expression);
      if (found?.kind !== 'value') return found;
      return ts.isArrowFunction(found.initializer)
        ? { kind: 'function', node: found.initializer }
        : undefined;
    }
    if (
      !ts.isPropertyAccessExpression(expression) ||
      expression.expression.kind !== ts.SyntaxKind.ThisKeyword
    )
      return undefined;
    const owner = ts.findAncestor(expression, ts.isClassLike);
    const method = owner?.members.find(
      (member): member is ts.MethodDeclaration =>
        ts.isMethodDeclaration(member) && member.name.getText() === expression.name.text,
    );
    return method === undefined ? undefined : { kind: 'function', node: method };
  }

  /** What calls give for a parameter. */
  callsOf(parameter: ts.ParameterDeclaration): ts.Expression[] {
    const owner = parameter.parent;
    const index = owner.parameters.indexOf(parameter);
    const name = nameOf(owner);
    if (name === undefined) return [];
    const file = parameter.getSourceFile();
    return (this.#calls.get(name) ?? [])
      .filter(
        (call) => call.getSourceFile() === file || (isExported(owner) && imports(call.getSourceFile(), name)),
      )
      .flatMap((call) => call.arguments?.[index] ?? parameter.initializer ?? []);
  }

  /** What a function returns. */
  returnsOf({ body }: WithBody): ts.Expression[] {
    if (body === undefined) return [];
    if (!ts.isBlock(body)) return [body];
    const found: ts.Expression[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isReturnStatement(node) && node.expression !== undefined) found.push(node.expression);
      else if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
    };
    visit(body);
    return found;
  }

  #index(file: ts.SourceFile): void {
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
        const { expression } = node;
        const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
        this.#calls.set(name, [...(this.#calls.get(name) ?? []), node]);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
    for (const statement of file.statements)
      for (const [name, declared] of declarationsOf(statement))
        if (hasExport(statement)) this.#exported.set(name, [...(this.#exported.get(name) ?? []), declared]);
  }
}

function declaredIn(at: ts.Node, name: string): Declared | 'unknown' | undefined {
  if (ts.isFunctionLike(at)) {
    for (const parameter of at.parameters) {
      if (ts.isIdentifier(parameter.name)) {
        if (parameter.name.text === name) return { kind: 'parameter', node: parameter };
      } else if (binds(parameter.name, name)) return 'unknown';
    }
    return undefined;
  }
  if (ts.isCatchClause(at) && at.variableDeclaration?.name.getText() === name) return 'unknown';
  if (ts.isForOfStatement(at) && ts.isVariableDeclarationList(at.initializer))
    return at.initializer.declarations.some((each) => binds(each.name, name)) ? 'unknown' : undefined;
  const statements =
    ts.isBlock(at) || ts.isSourceFile(at) || ts.isCaseOrDefaultClause(at) ? at.statements : [];
  for (const statement of statements) {
    for (const [declaredName, declared] of declarationsOf(statement))
      if (declaredName === name) return declared;
    if (
      ts.isVariableStatement(statement) &&
      statement.declarationList.declarations.some((each) => binds(each.name, name))
    )
      return 'unknown';
  }
  return undefined;
}

function binds(name: ts.BindingName, wanted: string): boolean {
  if (ts.isIdentifier(name)) return name.text === wanted;
  return name.elements.some((each) => ts.isBindingElement(each) && binds(each.name, wanted));
}

function declarationsOf(statement: ts.Statement): (readonly [string, Declared])[] {
  if (ts.isFunctionDeclaration(statement) && statement.name !== undefined && statement.body !== undefined)
    return [[statement.name.text, { kind: 'function', node: statement }]];
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
    ts.isIdentifier(name) && initializer !== undefined
      ? [[name.text, { kind: 'value', initializer }] as const]
      : [],
  );
}

function hasExport(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some((each) => each.kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** Whether a file imports a name. Methods are not imported: calls of other files can be those of another class. */
function imports(file: ts.SourceFile, name: string): boolean {
  return file.statements.some(
    (each) =>
      ts.isImportDeclaration(each) &&
      each.importClause?.namedBindings !== undefined &&
      ts.isNamedImports(each.importClause.namedBindings) &&
      each.importClause.namedBindings.elements.some((element) => element.name.text === name),
  );
}

function nameOf(owner: ts.SignatureDeclaration): string | undefined {
  if (ts.isConstructorDeclaration(owner)) return owner.parent.name?.text;
  if (ts.isArrowFunction(owner) && ts.isVariableDeclaration(owner.parent)) return owner.parent.name.getText();
  return owner.name?.getText();
}

function isExported(owner: ts.SignatureDeclaration): boolean {
  if (ts.isConstructorDeclaration(owner)) return hasExport(owner.parent as unknown as ts.Statement);
  if (ts.isMethodDeclaration(owner)) return !ts.isPrivateIdentifier(owner.name);
  if (ts.isArrowFunction(owner)) return hasExport(owner.parent.parent.parent as unknown as ts.Statement);
  return hasExport(owner as unknown as ts.Statement);
}
