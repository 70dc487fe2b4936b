import {
  isLabelValue,
  isQualifiedName,
  nameIsDns1035Label,
  nameIsDnsLabel,
  nameIsDnsSubdomain,
} from '@kcp/api-machinery';
import type { NameValidator } from '@kcp/api-machinery';
import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import { asInstance, asString } from '../values/expect.ts';
import { opaqueType } from '../values/type.ts';
import { parseTimestamp } from '../values/time.ts';
import { ArrayList, OpaqueValue, Optional } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { parseRequestUri } from './url.ts';

type Check = (text: string) => readonly string[];

const formatType = opaqueType('kubernetes.NamedFormat');

class Format extends OpaqueValue {
  readonly type = formatType;
  readonly name: string;
  readonly check: Check;

  constructor(name: string, check: Check) {
    super();
    this.name = name;
    this.check = check;
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Format && other.name === this.name;
  }
}

function unless(test: (text: string) => boolean, message: string): Check {
  return (text) => (test(text) ? [] : [message]);
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTimestamp(`${text}T00:00:00Z`) !== undefined;
}

function isBase64(text: string): boolean {
  return text !== '' && /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}

function checkUri(text: string): readonly string[] {
  const url = parseRequestUri(text);
  return typeof url === 'string' ? [url] : [];
}

/** A prefix of a generated name may end in a dash. */
function asPrefix(check: NameValidator): Check {
  return (text) => check(text, true);
}

const checks: Readonly<Record<string, Check>> = {
  dns1123Label: (text) => nameIsDnsLabel(text),
  dns1123Subdomain: (text) => nameIsDnsSubdomain(text),
  dns1035Label: (text) => nameIsDns1035Label(text),
  qualifiedName: isQualifiedName,
  dns1123LabelPrefix: asPrefix(nameIsDnsLabel),
  dns1123SubdomainPrefix: asPrefix(nameIsDnsSubdomain),
  dns1035LabelPrefix: asPrefix(nameIsDns1035Label),
  labelValue: isLabelValue,
  uri: checkUri,
  uuid: unless(
    (text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text),
    'does not match the UUID format',
  ),
  byte: unless(isBase64, 'invalid base64'),
  date: unless(isDate, 'invalid date'),
  datetime: unless((text) => parseTimestamp(text) !== undefined, 'invalid datetime'),
};

const formats: ReadonlyMap<string, Format> = new Map(
  Object.entries(checks).map(([name, check]) => [name, new Format(name, check)]),
);

function validate(format: Value | undefined, text: Value | undefined): Value {
  const errors = asInstance(Format, format).check(asString(text));
  return errors.length === 0 ? Optional.none : new Optional(new ArrayList(errors));
}

const f = 'kubernetes.NamedFormat';

/** Named formats (k8s.io/apiserver/pkg/cel/library format.go). */
export const formatLibrary: Library = {
  name: 'kubernetes.format',
  types: [formatType],
  functions: [
    ...[...formats].map(([name, format]) => declare(`format.${name}`, [`format.${name}`, `() -> ${f}`, () => format])),
    declare('format.named', [
      'format-named',
      `(string) -> optional(${f})`,
      (a) => {
        const format = formats.get(asString(a));
        return format === undefined ? Optional.none : new Optional(format);
      },
    ]),
    declare('validate', ['format-validate', `${f}.(string) -> optional(list(string))`, validate]),
  ],
};
