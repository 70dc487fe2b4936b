import type { JsonObject, KubeObject, MutableJsonObject } from '@kcp/api-machinery';
import { formatQuantity, parseQuantity, objectAt, textAt, textEntriesAt } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';
import { keepField } from '../generation.ts';
import { quotaScopeChangeErrors, quotaSpecErrors, quotaStatusErrors } from './quota-validation.ts';

/** Used and hard of the names that begin with `limits.`, or of the others. */
function usage(object: KubeObject, isLimit: boolean): string {
  const status = objectAt(object, 'status');
  const [hard, used] = [objectAt(status, 'hard'), objectAt(status, 'used')];
  const names = Object.keys(hard)
    .filter((name) => name.startsWith('limits.') === isLimit)
    .sort();
  return names.map((name) => `${name}: ${textAt(used, name) || '0'}/${textAt(hard, name)}`).join(', ');
}

const FINEST = -3;

/** Amounts in resource lists are not finer than a thousandth; what is finer is rounded away from zero. */
function roundedToMilli(text: string): string {
  const { unscaled, exponent, format } = parseQuantity(text);
  if (exponent >= FINEST) return text;
  const unit = 10n ** BigInt(FINEST - exponent);
  const whole = unscaled / unit;
  const rest = unscaled % unit;
  if (rest === 0n) return text;
  return formatQuantity({ unscaled: whole + (rest < 0n ? -1n : 1n), exponent: FINEST, format });
}

function roundedPart(object: KubeObject, part: 'spec' | 'status', fields: readonly string[]): JsonObject {
  const rounded: MutableJsonObject = { ...objectAt(object, part) };
  for (const field of fields) {
    const amounts = textEntriesAt(rounded, field);
    if (amounts.length === 0) continue;
    rounded[field] = Object.fromEntries(amounts.map(([name, text]) => [name, roundedToMilli(text)]));
  }
  return rounded;
}

function defaults(object: KubeObject): KubeObject {
  const [spec, status] = [roundedPart(object, 'spec', ['hard']), roundedPart(object, 'status', ['hard', 'used'])];
  return { ...object, spec, status };
}

/** v1 resourcequotas, with status. */
export function resourceQuotas(): ServedResource {
  return builtinResource({
    table: kindTable('', 'ResourceQuota'),
    defaults,
    strategy: {
      prepareForCreate: (object) => ({ ...object, status: {} }),
      prepareForUpdate: (object, old) => keepField(object, old, 'status'),
      validateCreate: (object) => [...quotaSpecErrors(object), ...quotaStatusErrors(object)],
      validateUpdate: (object, old) => [...quotaSpecErrors(object), ...quotaScopeChangeErrors(object, old)],
    },
    resetFields: { '': ['status'], status: ['spec'] },
    subresources: {
      status: {
        kind: 'part',
        strategy: {
          prepareForUpdate: (object, old) => keepField(object, old, 'spec'),
          validateUpdate: quotaStatusErrors,
        },
      },
    },
    columns: withNameAndAge(
      column('Request', 'What is used of what is allowed.', (object) => usage(object, false)),
      column('Limit', 'What is used of the limits.', (object) => usage(object, true)),
    ),
  });
}
