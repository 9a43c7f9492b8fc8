import ts from 'typescript';
import type { Declared, Sources } from './sources.ts';

/** A value in a template: nobody can know it before the program runs. */
const HOLE = Symbol('value');

/** A sentence with its values as holes. */
type Template = readonly (string | typeof HOLE)[];

/** The parameters of a called function: what the call gives. */
type Given = ReadonlyMap<ts.Node, Written>;

/** An expression and what is known where it stands. */
interface Written {
  readonly expression: ts.Expression;
  readonly given: Given;
}

/** More ways to say a part than these are sentences of their own, not copies of the whole sentence. */
const MOST_INLINED = 4;
const MOST_WAYS = 12;
const MOST_CALLS = 40;
const DEEPEST = 12;

/** What a person may read: a template with numbered placeholders, `{0}: is empty`, and where it is written. */
export interface ProgramSentence {
  readonly template: string;
  readonly place: string;
}

/**
 * Finds the templates of sentences in TypeScript: it follows constants, conditions, tables, and functions of the same sources. What it cannot
 * follow is a value.
 */
export class SentenceFinder {
  readonly #sources: Sources;
  readonly #seen = new Set<ts.Node>();
  readonly #open = new Set<ts.Node>();
  readonly #known = new Map<ts.Node, Template[] | undefined>();
  readonly #found = new Map<string, string>();

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** The sentences so far, each once. */
  get found(): ProgramSentence[] {
    return [...this.#found].map(([template, place]) => ({ template, place }));
  }

  /** Whether an expression is a part of a sentence that was found. */
  isPart(node: ts.Node): boolean {
    return this.#seen.has(node);
  }

  /** Adds all ways in which an expression can be written. */
  add(expression: ts.Expression, given: Given = new Map()): void {
    for (const way of this.#ways({ expression, given }, 0) ?? []) this.#keep(way, expression);
  }

  #keep(way: Template, at: ts.Node): void {
    const template = numbered(way);
    if (isSentence(template) && !this.#found.has(template))
      this.#found.set(template, this.#sources.placeOf(at));
  }

  /** All ways to write an expression; undefined if it is a value. */
  #ways(written: Written, depth: number): Template[] | undefined {
    const { given } = written;
    const node = bare(written.expression);
    if (depth > DEEPEST || this.#open.has(node)) return undefined; // a function that calls itself
    if (given.size === 0 && this.#known.has(node)) return this.#known.get(node);
    this.#seen.add(node);
    this.#open.add(node);
    const ways = this.#waysOf(node, given, depth);
    this.#open.delete(node);
    if (given.size === 0) this.#known.set(node, ways);
    return ways;
  }

  #waysOf(node: ts.Expression, given: Given, depth: number): Template[] | undefined {
    const inner = (expression: ts.Expression): Template[] | undefined =>
      this.#ways({ expression, given }, depth + 1);
    if (ts.isStringLiteralLike(node)) return [[node.text]];
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === 'words') return inner(node.template);
    if (ts.isTemplateExpression(node)) {
      const parts: Template[][] = [[[node.head.text]]];
      for (const span of node.templateSpans)
        parts.push(this.#part(span.expression, given, depth), [[span.literal.text]]);
      return products(parts);
    }
    if (ts.isBinaryExpression(node)) {
      if (node.operatorToken.kind === ts.SyntaxKind.PlusToken)
        return products([this.#part(node.left, given, depth), this.#part(node.right, given, depth)]);
      if (node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
        return this.#either([node.left, node.right], given, depth);
    }
    if (ts.isConditionalExpression(node)) return this.#either([node.whenTrue, node.whenFalse], given, depth);
    if (ts.isElementAccessExpression(node)) return this.#entries(node, given, depth);
    if (ts.isIdentifier(node)) return this.#named(node, given, depth);
    if (ts.isCallExpression(node)) return this.#called(node, given, depth);
    return undefined;
  }

  /** The ways to write a part of a sentence; with very many, a value, and its ways are sentences themselves. */
  #part(expression: ts.Expression, given: Given, depth: number): Template[] {
    const ways = unique(this.#ways({ expression, given }, depth + 1) ?? [[HOLE]]);
    if (ways.length <= MOST_INLINED) return ways;
    for (const way of ways) this.#keep(trimmed(way), expression);
    return [[HOLE]];
  }

  #either(expressions: readonly ts.Expression[], given: Given, depth: number): Template[] | undefined {
    const ways = expressions
      .filter((each) => !(ts.isIdentifier(each) && each.text === 'undefined'))
      .map((expression) => this.#ways({ expression, given }, depth + 1));
    if (ways.every((each) => each === undefined)) return undefined;
    return unique(ways.flatMap((each) => each ?? [[HOLE]]));
  }

  #entries(node: ts.ElementAccessExpression, given: Given, depth: number): Template[] | undefined {
    if (!ts.isIdentifier(node.expression)) return undefined;
    const declared = this.#sources.find(node.expression);
    const table = declared?.kind === 'value' ? bare(declared.initializer) : undefined;
    if (table === undefined) return undefined;
    if (ts.isArrayLiteralExpression(table)) return this.#either(table.elements, given, depth);
    if (!ts.isObjectLiteralExpression(table)) return undefined;
    return this.#either(
      table.properties.flatMap((each) => (ts.isPropertyAssignment(each) ? [each.initializer] : [])),
      given,
      depth,
    );
  }

  #named(node: ts.Identifier, given: Given, depth: number): Template[] | undefined {
    const declared = this.#sources.find(node);
    if (declared?.kind === 'value') return this.#ways({ expression: declared.initializer, given }, depth + 1);
    if (declared?.kind !== 'parameter') return undefined;
    const known = given.get(declared.node);
    if (known !== undefined) return this.#ways(known, depth + 1);
    const calls = this.#sources.callsOf(declared.node);
    return calls.length === 0 || calls.length > MOST_CALLS
      ? undefined
      : this.#either(calls, new Map(), depth);
  }

  #called(node: ts.CallExpression, given: Given, depth: number): Template[] | undefined {
    const [count, one, many] = node.arguments;
    if (node.expression.getText() === 'counted' && count !== undefined && one !== undefined) {
      const nouns = this.#ways({ expression: one, given }, depth + 1) ?? [];
      const plurals =
        many === undefined
          ? nouns.map((noun) => [...noun, 's'])
          : this.#ways({ expression: many, given }, depth + 1);
      for (const noun of [...nouns, ...(plurals ?? [])])
        this.#found.set(numbered(['{n} ', ...noun]), this.#sources.placeOf(node));
      return undefined;
    }
    const declared: Declared | undefined = this.#sources.findCalled(node);
    if (declared?.kind !== 'function') return undefined;
    const bound = new Map(given);
    declared.node.parameters.forEach((parameter, index) => {
      const expression = node.arguments[index] ?? parameter.initializer;
      if (expression !== undefined) bound.set(parameter, { expression, given });
    });
    const returned = this.#sources.returnsOf(declared.node);
    return returned.length === 0 ? undefined : this.#either(returned, bound, depth);
  }
}

/** An expression without what the compiler alone reads. */
function bare(node: ts.Expression): ts.Expression {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
    return bare(node.expression);
  return ts.isNonNullExpression(node) || ts.isAwaitExpression(node) ? bare(node.expression) : node;
}

function products(parts: readonly Template[][]): Template[] {
  let ways: Template[] = [[]];
  for (const choices of parts) {
    const next = ways.length * choices.length > MOST_WAYS ? [[HOLE] as Template] : choices;
    ways = ways.flatMap((way) => next.map((each) => [...way, ...each]));
  }
  return ways;
}

function unique(ways: readonly Template[]): Template[] {
  return [...new Map(ways.map((way) => [numbered(way), way])).values()];
}

/** A part of a sentence without the marks that join it to the rest. */
function trimmed(way: Template): Template {
  const [first = '', ...rest] = way;
  if (typeof first !== 'string') return way;
  const last = rest.at(-1);
  const isInBrackets = first.startsWith(' (') && typeof last === 'string' && last.endsWith(')');
  const start = first.replace(/^[;,:( ]+/, '');
  return isInBrackets ? [start, ...rest.slice(0, -1), last.slice(0, -1)] : [start, ...rest];
}

/** Values side by side cannot be told apart: they are one. */
function numbered(way: Template): string {
  let count = 0;
  let last: string | typeof HOLE = '';
  let text = '';
  for (const each of way) {
    if (each === '') continue;
    if (each !== HOLE) text += each;
    else if (last !== HOLE) text += `{${count++}}`;
    last = each;
  }
  return text;
}

/** Words that only join others. */
const JOINING = /\b(?:and|or|to|of|at|in|with|the|an?)\b/g;

/** Whether a text has words to translate, not only names, values and marks between them. */
function isSentence(template: string): boolean {
  return /[a-z]{2}/.test(template.replace(/\{\w+\}/g, '').replace(JOINING, '')) && /\S \S/.test(template);
}
