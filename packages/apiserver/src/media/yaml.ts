import { decodeStrict, type Json } from '@kcp/api-machinery';
import { DUMP_SCHEMA, dump, parseEvents, type ScalarTagDefinition } from 'js-yaml';
import type { DecodedBody } from './body.ts';
import { checkYamlLines } from './value-budget.ts';
import { YAML_DEPTH, YamlComposer } from './yaml-composer.ts';
import { resolvePlain } from './yaml-scalar.ts';

const JSON_START = /^\s*[[{]/;

/**
 * Reads the first document of a YAML text as kubectl and the original do: YAML 1.1 scalars (`yes` is a boolean, a key `on`
 * becomes `true`), aliases and merges followed, keys made texts, keys that occur twice reported and the last one taken. What is
 * JSON, as most of what is sent as YAML, is read as such. Throws SyntaxError where it is no YAML, RequestEntityTooLarge where it
 * has too many lines, BadRequest where following the aliases goes beyond the budget.
 */
export function parseYaml(text: string): DecodedBody {
  checkYamlLines(text);
  return (JSON_START.test(text) ? parseAsJson(text) : undefined) ?? composeYaml(text);
}

function parseAsJson(text: string): DecodedBody | undefined {
  try {
    const decoded = decodeStrict(text);
    return decoded.duplicates.length === 0 ? decoded : undefined;
  } catch {
    return undefined;
  }
}

/** Reads YAML by its own rules only. */
export function composeYaml(text: string): DecodedBody {
  const document = firstDocument(text);
  try {
    return new YamlComposer(document, parseEvents(document, { maxDepth: YAML_DEPTH })).document();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'YAMLException') throw error;
    throw new SyntaxError(`yaml: ${error.message.split('\n')[0]}`);
  }
}

const MARKER = /(^|[\r\n])(?:---|\.\.\.)(?=[ \t\r\n]|$)/g;
const LINE = /[^\r\n]*(?:\r\n|[\r\n]|$)/y;

/** The text up to where its first document ends: what follows need not even be YAML. */
function firstDocument(text: string): string {
  MARKER.lastIndex = contentStart(text);
  const end = MARKER.exec(text);
  return end ? text.slice(0, end.index + (end[1] ?? '').length) : text;
}

/** Where the first document's content begins: after comments, directives and its own `---`. */
function contentStart(text: string): number {
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    LINE.lastIndex = at;
    const line = LINE.exec(text)?.[0] ?? '';
    if (line.startsWith('---')) return at + 3;
    if (!/^[ \t]*(?:#|[\r\n]|$)|^%/.test(line)) return at;
    at += line.length;
  }
  return at;
}

const INTEGER = 'tag:yaml.org,2002:int';

const UPPER_RADIX = /^[-+]?0[XOB]/;

/** What `dump` knows; integers that a double cannot hold; and texts that only our reader, as Go's, takes for integers. */
const schema = DUMP_SCHEMA.withTags(
  DUMP_SCHEMA.tags.flatMap((tag) => (tag.nodeKind === 'scalar' && tag.tagName === INTEGER ? [wider(tag)] : [])),
);

function wider(tag: ScalarTagDefinition): ScalarTagDefinition {
  return {
    ...tag,
    identify: (value) => typeof value === 'bigint' || tag.identify(value),
    resolve: (text, ...rest) =>
      UPPER_RADIX.test(text) && typeof resolvePlain(text) !== 'string' ? 0 : tag.resolve(text, ...rest),
  };
}

/** Writes YAML as sigs.k8s.io/yaml does: keys sorted, lists not indented, double quotes where quotes are needed. */
export function writeYaml(value: Json): string {
  return dump(value, { schema, sortKeys: true, seqNoIndent: true, quoteStyle: 'double', lineWidth: -1, noRefs: true });
}
