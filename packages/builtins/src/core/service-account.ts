import { objectsAt, textAt } from '@kcp/api-machinery';
import type { KubeObject } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource, Subresource } from '@kcp/apiserver';
import type { Bucket } from '@kcp/object-store';
import { builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';

/** Where service accounts are stored. */
export const serviceAccountBucket: Bucket = { group: '', resource: 'serviceaccounts' };

/** Of the Secrets that an account names only the name counts. */
function withPlainReferences(object: KubeObject): KubeObject {
  const references = objectsAt(object, 'secrets');
  if (references.every((reference) => Object.keys(reference).every((key) => key === 'name'))) return object;
  const secrets = references.map((reference) => {
    const name = textAt(reference, 'name');
    return name === '' ? {} : { name };
  });
  return { ...object, secrets };
}

/** v1 serviceaccounts; `token` is the sub-resource that gives tokens. */
export function serviceAccounts(token: Subresource): ServedResource {
  return builtinResource({
    table: kindTable('', 'ServiceAccount'),
    strategy: {
      prepareForCreate: withPlainReferences,
      prepareForUpdate: withPlainReferences,
      validatesWholeMetadata: true,
    },
    subresources: { token },
    columns: withNameAndAge(
      column('Secrets', 'How many secrets it names.', (object) => objectsAt(object, 'secrets').length),
    ),
  });
}
