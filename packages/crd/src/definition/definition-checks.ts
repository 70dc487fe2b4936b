import { createHash } from 'node:crypto';
import { isArray, isObject, type Json, stringifyJson } from '@kcp/api-machinery';
import type { Offload } from '@kcp/apiserver';
import { LRUCache } from 'lru-cache';
import type { CustomResourceDefinition, DefinitionSpec } from './custom-resource-definition.ts';
import { schemaFaultsJob, type SpecFindings, validateSpecJob } from './definition-jobs.ts';
import { type SchemaFault, schemaFaults } from './non-structural.ts';
import { type SpecCheck, validateImmutable } from './validate-spec.ts';

/** Up to this weight a spec is checked where it is asked for: a few milliseconds. */
const LIGHT = 3_000;
/** How many characters of text weigh as much as a value. */
const CHARACTERS = 64;
/** What a rule weighs beside its text, each character of which weighs as much as a value: it is compiled. */
const RULE = 100;
/** Bytes of hashes of specs that are valid, and of what deserves a warning in them. */
const REMEMBERED_BYTES = 2 ** 20;

/**
 * The checks of definitions that are much work. They are done elsewhere; a spec that was found to be valid is not checked again,
 * however many logical clusters have it.
 */
export class DefinitionChecks {
  readonly #offload: Offload;
  readonly #valid = new LRUCache<string, readonly string[]>({
    maxSize: REMEMBERED_BYTES,
    sizeCalculation: (warnings) => warnings.reduce((sum, warning) => sum + warning.length * 2, 256),
  });

  constructor(offload: Offload) {
    this.#offload = offload;
  }

  /** Everything that is wrong with a heavy spec, as `validateSpec` says it, and its warnings. `owner` is the logical cluster that has it. */
  async specFindings(check: SpecCheck, owner: string): Promise<SpecFindings> {
    const { spec, old, ...rest } = check;
    const text = stringifyJson(spec);
    const key = keyOf(text, rest.name);
    // what is valid by itself can only be refused for what may not change
    const warnings = this.#valid.get(key);
    if (warnings !== undefined && old === undefined) return { errors: [], warnings };
    if (warnings?.length === 0 && old !== undefined) return { errors: validateImmutable(check, old), warnings };
    const before = old === undefined ? '' : stringifyJson(old);
    const input = { ...rest, spec: text, ...(old !== undefined && { old: before }) };
    const findings = await this.#offload.run(validateSpecJob, input, { owner, bytes: text.length + before.length });
    if (findings.errors.length === 0 && old === undefined) this.#valid.set(key, findings.warnings);
    return findings;
  }

  /** What of a stored definition's schemas is not structural. */
  async schemaFaults({ spec, metadata }: CustomResourceDefinition, owner: string): Promise<readonly SchemaFault[]> {
    if (!isHeavy(spec)) return schemaFaults(spec);
    const text = stringifyJson(spec);
    if (this.#valid.has(keyOf(text, metadata.name ?? ''))) return [];
    return this.#offload.run(schemaFaultsJob, text, { owner, bytes: text.length });
  }
}

function keyOf(spec: string, name: string): string {
  return createHash('sha256').update(`${name}\n`).update(spec).digest('base64');
}

const weighed = new WeakMap<DefinitionSpec, boolean>();

/** True where checking a spec is work for elsewhere. Specs are never changed: each is weighed once. */
export function isHeavy(spec: DefinitionSpec): boolean {
  const known = weighed.get(spec);
  if (known !== undefined) return known;
  const heavy = exceedsLight(spec);
  weighed.set(spec, heavy);
  return heavy;
}

function exceedsLight({ versions }: DefinitionSpec): boolean {
  let weight = 0;
  for (const { schema } of versions ?? []) {
    weight = weigh(schema?.openAPIV3Schema ?? null, weight);
    if (weight > LIGHT) return true;
  }
  return false;
}

/** Adds the weight of a value; goes no further than is needed to call it heavy. */
function weigh(value: Json | undefined, before: number): number {
  if (typeof value === 'string') return before + 1 + value.length / CHARACTERS;
  let weight = before + 1;
  if (typeof value !== 'object' || value === null) return weight;
  for (const [key, member] of Object.entries<Json | undefined>(value)) {
    if (weight > LIGHT) return weight;
    if (key === 'x-kubernetes-validations' && isArray(member)) weight += weighRules(member);
    weight = weigh(member, weight + key.length / CHARACTERS);
  }
  return weight;
}

function weighRules(rules: readonly Json[]): number {
  let weight = 0;
  for (const rule of rules) {
    weight += RULE;
    for (const text of isObject(rule) ? Object.values(rule) : []) if (typeof text === 'string') weight += text.length;
  }
  return weight;
}
