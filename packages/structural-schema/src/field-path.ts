import type { StructuralSchema } from './structural-schema.ts';

/** Where a simple JSON path leads in a schema, or why it leads nowhere, in Kubernetes' words. */
export type FoundField =
  | { readonly found: true; readonly steps: readonly string[]; readonly schema: StructuralSchema }
  | { readonly found: false; readonly error: string };

/** How `findField` reads a path. */
export interface FieldPathOptions {
  /** Whether `['a.b']` may be written; true unless said otherwise. selectableFields does not allow it. */
  readonly brackets?: boolean;
}

class BadPath extends Error {}

/** Tokens: a quoted text, a delimiter, or all up to the next delimiter. */
const TOKENS = /'(?:\\'|[^'])*'|[.[\]]|[^.[\]']+[^.[\]]*|'.*/gs;

/** Follows a path such as `.spec.items['a.b']` through the structure (apiextensions cel.ValidFieldPath). */
export function findField(path: string, schema: StructuralSchema, options: FieldPathOptions = {}): FoundField {
  try {
    return follow(path.match(TOKENS) ?? [], schema, options.brackets ?? true);
  } catch (error) {
    if (error instanceof BadPath) return { found: false, error: error.message };
    throw error;
  }
}

function follow(tokens: readonly string[], root: StructuralSchema, brackets: boolean): FoundField {
  const steps: string[] = [];
  let schema = root;
  let at = 0;
  const next = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw new BadPath('unexpected end of JSON path');
    return token;
  };
  while (at < tokens.length) {
    const token = next();
    if (token === '.') {
      const name = next();
      schema = descend(schema, name);
      steps.push(name);
    } else if (token === '[') {
      if (!brackets) throw new BadPath('array notation is not allowed');
      const name = unquote(next());
      schema = descend(schema, name);
      steps.push(name);
      const end = next();
      if (end !== ']') throw new BadPath(`expected ] but got ${end}`);
    } else throw new BadPath(`expected [ or . but got: ${token}`);
  }
  return { found: true, steps, schema };
}

function descend(schema: StructuralSchema, name: string): StructuralSchema {
  const member = schema.properties.size > 0 ? schema.properties.get(name) : schema.additionalProperties;
  if (typeof member !== 'object') throw new BadPath('does not refer to a valid field');
  return member;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  "'": "'",
  '"': '"',
  '\\': '\\',
};

function unquote(token: string): string {
  if (token.length < 2 || !token.startsWith("'") || !token.endsWith("'")) {
    throw new BadPath(`expected single quoted string but got ${token}`);
  }
  return token.slice(1, -1).replace(/\\(.?)/gs, (_escape, character: string) => {
    const meant = ESCAPES[character];
    if (meant === undefined) throw new BadPath('invalid string literal: invalid escape sequence');
    return meant;
  });
}
