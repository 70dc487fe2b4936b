import type { Json, JsonObject } from '@kcp/api-machinery';
import { isObject, own } from '@kcp/api-machinery';
import type { Check, CheckContext } from './check-context.ts';
import type { Findings } from './findings.ts';
import type { PlainType } from './plain-type.ts';
import { PLAIN_MATCHES, plainType } from './plain-type.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Compiles the checks of an object and its members. Returns what it adds to the matches. */
export function compileObjectCheck(
  schema: StructuralSchema,
  context: CheckContext,
): (value: JsonObject, old: Json | undefined, findings: Findings) => number {
  const { minProperties, maxProperties } = schema;
  // Of a default's junctors Kubernetes does not see it.
  const closed = schema.additionalProperties === false && !(context.isDefault && context.underJunctor);
  const required = schema.required.map((name) => ({ name, inherited: name in Object.prototype }));
  const counted = minProperties !== undefined || maxProperties !== undefined;
  const checkMember = compileMembers(schema, context);

  const checkCount = (value: JsonObject, findings: Findings): void => {
    const count = Object.keys(value).length;
    if (minProperties !== undefined && count < minProperties) {
      findings.invalid(count, `should have at least ${minProperties} properties`);
    }
    if (maxProperties !== undefined && count > maxProperties) findings.tooMany(count, maxProperties, 'properties');
  };

  return (value, old, findings) => {
    if (counted) checkCount(value, findings);
    if (closed) refuseUnknown(schema, value, findings);
    const matched = checkMembers(value, old, findings, checkMember);
    for (const { name, inherited } of required) {
      const present = inherited ? Object.hasOwn(value, name) : value[name] !== undefined;
      if (!present) findings.required(name);
    }
    return matched + 1;
  };
}

interface Member {
  readonly check: Check;
  /** The one type of value that is good without a closer look; undefined where there is none. */
  readonly plain: PlainType | undefined;
  /** True for members that additionalProperties describes. */
  readonly extra: boolean;
}

type FindMember = (name: string) => Member | undefined;

/** Compiles each member when it is first met, so that large schemas cost what is used of them. */
function compileMembers(schema: StructuralSchema, context: CheckContext): FindMember {
  const { properties, additionalProperties } = schema;
  const compiled = new Map<string, Member>();
  let rest: Member | undefined;
  return (name) => {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const property = properties.get(name);
    if (property !== undefined) {
      const member = compileMember(property, context, false);
      compiled.set(name, member);
      return member;
    }
    if (typeof additionalProperties !== 'object') return undefined;
    return (rest ??= compileMember(additionalProperties, context, true));
  };
}

function compileMember(schema: StructuralSchema, context: CheckContext, extra: boolean): Member {
  return { check: context.compile(schema, context), plain: plainType(schema), extra };
}

function checkMembers(value: JsonObject, old: Json | undefined, findings: Findings, find: FindMember): number {
  let matched = 0;
  let wrong: { name: string; from: number; to: number }[] | undefined;
  const before = isObject(old) ? old : undefined;
  for (const name in value) {
    const member = find(name);
    if (member === undefined) continue;
    const child = value[name] ?? null;
    if (typeof child === member.plain) {
      matched += PLAIN_MATCHES[member.plain];
      continue;
    }
    const from = findings.count;
    if (member.extra) findings.enterExtra(name);
    else findings.enter(name);
    matched += member.check(child, before === undefined ? undefined : own(before, name), findings);
    findings.leave();
    const to = findings.count;
    if (to > from) (wrong ??= []).push({ name, from, to });
  }
  if (wrong !== undefined && wrong.length > 1) findings.sort(wrong);
  return matched;
}

function refuseUnknown(schema: StructuralSchema, value: JsonObject, findings: Findings): void {
  for (const name of Object.keys(value).sort()) {
    if (!schema.properties.has(name)) {
      findings.invalidText(name, `${findings.path()}.${name} in body is a forbidden property`);
    }
  }
}
