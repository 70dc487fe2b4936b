import type { FieldError, KubeObject } from '@kcp/api-machinery';
import { invalid, numberAt, objectAt, textAt } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';

/** Coordinated elections are not served: what belongs to them is dropped. */
function withoutStrategy(object: KubeObject): KubeObject {
  const spec = objectAt(object, 'spec');
  if (!('strategy' in spec) && !('preferredHolder' in spec)) return object;
  const { strategy: _s, preferredHolder: _p, ...kept } = spec;
  return { ...object, spec: kept };
}

function validate(object: KubeObject): FieldError[] {
  const spec = objectAt(object, 'spec');
  const errors: FieldError[] = [];
  const [seconds, transitions] = [numberAt(spec, 'leaseDurationSeconds'), numberAt(spec, 'leaseTransitions')];
  if (seconds !== undefined && seconds <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  }
  if (transitions !== undefined && transitions < 0) {
    errors.push(invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'));
  }
  return errors;
}

/** coordination.k8s.io/v1 leases. */
export function leases(): ServedResource {
  return builtinResource({
    table: kindTable('coordination.k8s.io', 'Lease'),
    strategy: {
      prepareForCreate: withoutStrategy,
      prepareForUpdate: withoutStrategy,
      validateCreate: validate,
      validateUpdate: validate,
      createOnUpdate: true,
      unconditionalUpdate: false,
    },
    columns: withNameAndAge(
      column('Holder', 'Who holds the lease.', (object) => textAt(objectAt(object, 'spec'), 'holderIdentity')),
    ),
  });
}
