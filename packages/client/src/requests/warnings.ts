/** What a server warns of while it does what it was asked (RFC 7234, 5.5, code 299; KEP-1693). */
export interface Warning {
  readonly agent: string;
  readonly text: string;
}

const ONE = /^\s*299 (\S+) "((?:[^"\\]|\\.)*)"(?: "[^"]*")?\s*(?:,|$)/;

/** Reads the headers `warning` of an answer; other codes and what cannot be read are left out. */
export function readWarnings(header: string | readonly string[] | undefined): readonly Warning[] {
  const warnings: Warning[] = [];
  for (const line of header === undefined ? [] : [header].flat()) {
    let rest = line;
    for (let match = ONE.exec(rest); match; match = ONE.exec(rest)) {
      const [whole, agent = '', text = ''] = match;
      warnings.push({ agent, text: utf8(text.replaceAll(/\\(.)/g, '$1')) });
      rest = rest.slice(whole.length);
    }
  }
  return warnings;
}

/** Header values come a byte a character. */
function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
