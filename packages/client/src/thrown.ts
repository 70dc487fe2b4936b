/** The code of an error of Node, `ENOENT` say; empty where what was thrown has none. Asks no class: there is one per realm. */
export function codeOf(thrown: unknown): string {
  return member(thrown, 'code');
}

/** The message of an error; empty where what was thrown has none. */
export function messageOf(thrown: unknown): string {
  return member(thrown, 'message');
}

function member(thrown: unknown, name: string): string {
  if (typeof thrown !== 'object' || thrown === null || !(name in thrown)) return '';
  const value: unknown = Reflect.get(thrown, name);
  return typeof value === 'string' ? value : '';
}
