/** The message of what was thrown. Asks no class: there is one of Error per realm. */
export function messageOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) return String(thrown);
  return String(thrown.message);
}
