import { byCodePoint } from '@kcp/api-machinery';
import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import { asBool, asInstance, asString } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { smallInt } from '../values/number.ts';
import { opaqueType } from '../values/type.ts';
import { OpaqueValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';

const semverType = opaqueType('kubernetes.Semver');
const form =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
const maxLength = 1000;

class Semver extends OpaqueValue {
  readonly type = semverType;
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];

  constructor(numbers: readonly bigint[], pre: readonly string[]) {
    super();
    this.numbers = numbers;
    this.pre = pre;
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Semver && compare(this, other) === 0;
  }
}

function parse(text: string): Semver | undefined {
  const m = text.length > maxLength ? null : form.exec(text);
  if (m === null) return undefined;
  const numbers = m.slice(1, 4).map(BigInt);
  if (numbers.some((number) => number >= 2n ** 64n)) return undefined;
  return new Semver(numbers, m[4]?.split('.') ?? []);
}

/** `v1.02` → `1.2.0`: a leading v, missing parts and leading zeros are forgiven. */
function normalize(text: string): string {
  const [, core = '', rest = ''] = /^v?([^-+]*)(.*)$/s.exec(text) ?? [];
  const parts = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''));
  if (parts.length < 3 && rest !== '') return text;
  while (parts.length < 3) parts.push('0');
  return parts.join('.') + rest;
}

function compare(a: Semver, b: Semver): number {
  for (let i = 0; i < 3; i += 1) {
    const x = a.numbers[i] ?? 0n;
    const y = b.numbers[i] ?? 0n;
    if (x !== y) return x < y ? -1 : 1;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (let i = 0; i < Math.min(a.pre.length, b.pre.length); i += 1) {
    const order = comparePart(a.pre[i] ?? '', b.pre[i] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(a.pre.length - b.pre.length);
}

function comparePart(a: string, b: string): number {
  const numericA = /^\d+$/.test(a);
  const numericB = /^\d+$/.test(b);
  if (numericA !== numericB) return numericA ? -1 : 1;
  if (!numericA) return byCodePoint(a, b);
  return Math.sign(a.length - b.length) || byCodePoint(a, b);
}

function from(text: string): Value {
  const version = parse(text);
  if (version === undefined) throw new Fault(`invalid semantic version: ${text}`);
  return version;
}

function compared(a: Value | undefined, b: Value | undefined): number {
  return compare(asInstance(Semver, a), asInstance(Semver, b));
}

function part(index: number): (value: Value | undefined) => Value {
  return (value) => smallInt(asInstance(Semver, value).numbers[index] ?? 0n);
}

function choose(text: Value | undefined, lenient: Value | undefined): string {
  return asBool(lenient) ? normalize(asString(text)) : asString(text);
}

const v = 'kubernetes.Semver';

/** Semantic versions (k8s.io/apiserver/pkg/cel/library semverlib.go). */
export const semverLibrary: Library = {
  name: 'kubernetes.semver',
  types: [semverType],
  functions: [
    declare(
      'semver',
      ['string_to_semver', `(string) -> ${v}`, (a) => from(asString(a))],
      ['string_bool_to_semver', `(string, bool) -> ${v}`, (a, b) => from(choose(a, b))],
    ),
    declare(
      'isSemver',
      ['is_semver_string', '(string) -> bool', (a) => parse(asString(a)) !== undefined],
      ['is_semver_string_bool', '(string, bool) -> bool', (a, b) => parse(choose(a, b)) !== undefined],
    ),
    declare('isGreaterThan', ['semver_is_greater_than', `${v}.(${v}) -> bool`, (a, b) => compared(a, b) > 0]),
    declare('isLessThan', ['semver_is_less_than', `${v}.(${v}) -> bool`, (a, b) => compared(a, b) < 0]),
    declare('compareTo', ['semver_compare_to', `${v}.(${v}) -> int`, compared]),
    declare('major', ['semver_major', `${v}.() -> int`, part(0)]),
    declare('minor', ['semver_minor', `${v}.() -> int`, part(1)]),
    declare('patch', ['semver_patch', `${v}.() -> int`, part(2)]),
  ],
};
