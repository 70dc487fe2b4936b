import type { Issue } from './issue.ts';
import type { Token, TokenKind } from './lexer.ts';

/** Bounds of cel-go's parser, which Kubernetes leaves as they are. */
export const maxDepth = 250;

/** Thrown to leave the recursion; the issue is already noted. */
export class SyntaxStop {
  readonly name = 'SyntaxStop';
}

/** Where the parser stands in the tokens, and what it found wrong. */
export class TokenCursor {
  readonly #tokens: readonly Token[];
  readonly #issues: Issue[];
  #at = 0;

  constructor(tokens: readonly Token[], issues: Issue[]) {
    this.#tokens = tokens;
    this.#issues = issues;
  }

  /** The token that comes, or one further on. */
  peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? { kind: 'end', text: '<EOF>', offset: 0 };
  }

  take(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  accept(kind: TokenKind): Token | undefined {
    return this.peek().kind === kind ? this.take() : undefined;
  }

  expect(kind: TokenKind, shown?: string): Token {
    const token = this.accept(kind);
    if (token !== undefined) return token;
    const found = this.peek();
    if (found.kind === 'end') return this.stop(`missing '${shown ?? kind}' at '<EOF>'`);
    return this.stop(`mismatched input '${found.text}' expecting ${shown ?? `'${kind}'`}`);
  }

  /** Notes what is wrong and goes on. */
  report(message: string, offset: number): null {
    this.#issues.push({ message, offset });
    return null;
  }

  /** Notes a syntax error at the token that comes, and gives up. */
  stop(words: string): never {
    this.report(`Syntax error: ${words}`, this.peek().offset);
    throw new SyntaxStop();
  }

  tooDeep(): never {
    this.report(`expression recursion limit exceeded: ${maxDepth}`, -1);
    throw new SyntaxStop();
  }
}
