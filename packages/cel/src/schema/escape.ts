const reserved: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
]);

/** Whether a name is a word of the language. */
export function isReserved(name: string): boolean {
  return reserved.has(name);
}

/** A property's name as expressions spell it; undefined where it can't be spelled (k8s.io/apiserver/pkg/cel escaping.go). */
export function escapeName(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  const escaped = name.replaceAll(/__|[.\-/]/g, (part) => {
    if (part === '__') return '__underscores__';
    if (part === '.') return '__dot__';
    return part === '-' ? '__dash__' : '__slash__';
  });
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(escaped) ? escaped : undefined;
}
