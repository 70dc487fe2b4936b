/** A piece of a label selector: a word (`in` and `notin` are words too), an operator or bracket, or the end. */
export interface SelectorToken {
  readonly kind: 'word' | 'symbol' | 'end';
  readonly text: string;
}

const SYMBOLS = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const SPECIAL = /[=!(),<>]/;
const WORD_END = /[=!(),<> \t\r\n\0]/g;

/** Cuts a selector into tokens. A NUL ends it, as it does in Go's lexer. */
export function scanSelector(text: string): SelectorToken[] {
  const tokens: SelectorToken[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(text[at])) at += 1;
    const character = text[at];
    if (character === undefined || character === '\0') return tokens;
    const token = SPECIAL.test(character) ? scanSymbol(text, at) : scanWord(text, at);
    at += token.length;
    tokens.push(token);
  }
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}

type Sized = SelectorToken & { readonly length: number };

function scanSymbol(text: string, from: number): Sized {
  const two = text.slice(from, from + 2);
  const symbol = SYMBOLS.has(two) ? two : text.slice(from, from + 1);
  return { kind: 'symbol', text: symbol, length: symbol.length };
}

function scanWord(text: string, from: number): Sized {
  WORD_END.lastIndex = from;
  const word = text.slice(from, WORD_END.exec(text)?.index ?? text.length);
  return { kind: 'word', text: word, length: word.length };
}
