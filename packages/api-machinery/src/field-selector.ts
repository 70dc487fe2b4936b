import { badRequest } from './api-error.ts';

/** One requirement of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** A parsed field selector: all requirements must hold (k8s.io/apimachinery fields.Selector). */
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
}

/** Reads `metadata.name=a,status.phase!=Running`; a backslash escapes `,`, `=` and itself. Throws ApiError 400. */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort()) {
    if (term === '') continue;
    const match = /!?=/.exec(term);
    if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
    const operator = match[0] === '!=' ? '!=' : '=';
    const after = match.index + match[0].length;
    const start = operator === '=' && term[after] === '=' ? after + 1 : after;
    const requirement = { field: term.slice(0, match.index), operator, value: unescape(term.slice(start)) } as const;
    if (requirement.field !== '' || requirement.value !== '') requirements.push(requirement);
  }
  return { requirements };
}

/** True where all requirements hold; `fieldOf` gives a field's value, the empty text where it is not set. */
export function matchesFields(selector: FieldSelector, fieldOf: (field: string) => string): boolean {
  for (const { field, operator, value } of selector.requirements) {
    if ((fieldOf(field) === value) !== (operator === '=')) return false;
  }
  return true;
}

/** The one value that the selector asks of a field, where it does: `metadata.name=x` is a read of one object. */
export function requiredField(selector: FieldSelector, field: string): string | undefined {
  return selector.requirements.find((requirement) => requirement.field === field && requirement.operator === '=')
    ?.value;
}

/** The selector as text; parses back to the same. */
export function formatFieldSelector(selector: FieldSelector): string {
  return selector.requirements
    .map(({ field, operator, value }) => `${field}${operator}${value.replace(/[\\,=]/g, '\\$&')}`)
    .join(',');
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === ',') {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function unescape(text: string): string {
  if (!/[\\,=]/.test(text)) return text;
  let value = '';
  let escaped = false;
  for (const character of text) {
    if (escaped && !'\\,='.includes(character)) throw badEscape(`\\${character}`);
    if (!escaped && (character === ',' || character === '=')) {
      throw badRequest(`invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`);
    }
    if (escaped || character !== '\\') value += character;
    escaped = !escaped && character === '\\';
  }
  if (escaped) throw badEscape('\\');
  return value;
}

function badEscape(sequence: string): Error {
  return badRequest(`invalid field selector: invalid escape sequence: ${sequence}`);
}
