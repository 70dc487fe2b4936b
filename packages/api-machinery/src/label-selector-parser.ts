import { ApiError, badRequest } from './api-error.ts';
import { checkParsedKey, newRequirement } from './label-requirement.ts';
import type { LabelOperator, LabelRequirement } from './label-requirement.ts';
import { sortByKey } from './label-selector.ts';
import type { LabelSelector } from './label-selector.ts';
import { scanSelector } from './label-selector-tokens.ts';
import type { SelectorToken } from './label-selector-tokens.ts';

const BINARY = new Map<string, LabelOperator>([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
]);

/**
 * Reads a label selector, `env in (prod,dev),!old,tier!=web` (grammar and messages of k8s.io/apimachinery labels.Parse).
 * Throws ApiError 400.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const parser = new Parser(scanSelector(text));
  return { requirements: sortByKey(parser.requirements()) };
}

class Parser {
  readonly #tokens: readonly SelectorToken[];
  #at = 0;

  constructor(tokens: readonly SelectorToken[]) {
    this.#tokens = tokens;
  }

  requirements(): LabelRequirement[] {
    const found: LabelRequirement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'end') return found;
      if (!startsRequirement(token))
        throw badRequest(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      found.push(this.#requirementOrSay());
      const after = this.#next();
      if (after.kind === 'end') return found;
      if (after.text !== ',' || after.kind === 'word')
        throw badRequest(`found '${after.text}', expected: ',' or 'end of string'`);
      if (!startsRequirement(this.#peek()))
        throw badRequest(`found '${this.#peek().text}', expected: identifier after ','`);
    }
  }

  #peek(): SelectorToken {
    return this.#tokens[this.#at] ?? END;
  }

  #next(): SelectorToken {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #requirementOrSay(): LabelRequirement {
    try {
      return this.#requirement();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw badRequest(`unable to parse requirement: ${error.message}`);
    }
  }

  #requirement(): LabelRequirement {
    const negated = isSymbol(this.#peek(), '!');
    if (negated) this.#next();
    const key = this.#next();
    if (key.kind !== 'word') throw badRequest(`found '${key.text}', expected: identifier`);
    checkParsedKey(key.text);
    if (negated) return newRequirement(key.text, '!', []);
    const after = this.#peek();
    if (after.kind === 'end' || isSymbol(after, ',')) return newRequirement(key.text, 'exists', []);
    return this.#comparison(key.text);
  }

  #comparison(key: string): LabelRequirement {
    const token = this.#next();
    const operator = BINARY.get(token.text);
    if (operator === undefined) throw badRequest(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
    const values = operator === 'in' || operator === 'notin' ? this.#set() : [this.#exactValue()];
    return newRequirement(key, operator, values);
  }

  #exactValue(): string {
    const token = this.#peek();
    if (token.kind === 'end' || isSymbol(token, ',')) return '';
    this.#next();
    if (token.kind !== 'word') throw badRequest(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  #set(): string[] {
    const open = this.#next();
    if (!isSymbol(open, '(')) throw badRequest(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (isSymbol(first, ')')) {
      this.#next();
      return [''];
    }
    if (first.kind !== 'word' && !isSymbol(first, ',')) {
      throw badRequest(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#values();
    this.#next();
    return [...values].sort();
  }

  /** The identifiers up to the closing parenthesis, which stays; a place left empty counts as the empty value. */
  #values(): Set<string> {
    const values = new Set<string>();
    for (;;) {
      const token = this.#next();
      const after = this.#peek();
      if (token.kind === 'word') {
        values.add(token.text);
        if (isSymbol(after, ')')) return values;
        if (!isSymbol(after, ',')) throw badRequest(`found '${after.text}', expected: ',' or ')'`);
        continue;
      }
      if (!isSymbol(token, ',')) throw badRequest(`found '${token.text}', expected: ',', or identifier`);
      if (values.size === 0 || isSymbol(after, ')') || isSymbol(after, ',')) values.add('');
      if (isSymbol(after, ')')) return values;
    }
  }
}

const END: SelectorToken = { kind: 'end', text: '' };

function isSymbol(token: SelectorToken, symbol: string): boolean {
  return token.kind === 'symbol' && token.text === symbol;
}

function startsRequirement(token: SelectorToken): boolean {
  return token.kind === 'word' || isSymbol(token, '!');
}
