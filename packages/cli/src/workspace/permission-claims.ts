import { ApiError } from '@kcp/api-machinery';
import { parseClusterUrl } from '../cluster-url.ts';
import { kcpKinds, type APIBinding, type PermissionClaim } from '../kinds.ts';
import type { Session } from '../session.ts';
import { messageOf } from '../thrown.ts';

/**
 * Warns of claims in a workspace that nobody has decided on, or that are accepted in another way than they are made. Fails never: who
 * goes to a workspace is there, whether or not its bindings can be read.
 */
export async function warnOfClaims({ client, output }: Session, server: string): Promise<void> {
  const url = parseClusterUrl(server);
  if (!url) return;
  try {
    for await (const binding of client.cluster(url.path).of(kcpKinds.APIBinding).items()) {
      for (const warning of claimWarnings(binding)) output.note(warning);
    }
  } catch (error) {
    // not allowed to see them, or a server that has none
    if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return;
    output.note(`error checking APIBindings: ${messageOf(error)}`);
  }
}

/** What is to be said of a binding, a line each. */
export function claimWarnings(binding: APIBinding): readonly string[] {
  const answers = binding.spec?.permissionClaims ?? [];
  const made = binding.status?.exportPermissionClaims ?? [];
  const at = `on APIBinding ${binding.metadata.name}`;
  return made.flatMap((claim) => {
    const answer = answers.findLast((one) => isSameClaim(one, claim));
    const name = formatClaim(claim);
    const [actual, expected] = answer ? [verbsOf(answer), verbsOf(claim)] : [[], []];
    const decided = answer?.state === 'Accepted' || answer?.state === 'Rejected';
    const same = answer !== undefined && actual.toSorted().join() === expected.toSorted().join();
    return [
      ...(answer
        ? []
        : [`Warning: claim for ${name} exported but not specified ${at}`, "Add this claim to the APIBinding's Spec."]),
      ...(decided ? [] : [`Warning: claim for ${name} specified ${at} but not accepted or rejected.`]),
      ...(same
        ? []
        : [
            `Warning: allowed verbs (${actual.join(',')}) on claim for ${name} ${at} do not match expected verbs (${expected.join(',')}).`,
          ]),
    ];
  });
}

function verbsOf({ verbs = [] }: PermissionClaim): readonly string[] {
  return [...new Set(verbs)];
}

function isSameClaim(one: PermissionClaim, other: PermissionClaim): boolean {
  const key = ({ group = '', resource, identityHash = '' }: PermissionClaim): string =>
    JSON.stringify([group, resource, identityHash]);
  return key(one) === key(other);
}

/** A claim as people write it: `configmaps`, `widgets.example.io:<identity>`. */
function formatClaim({ group = '', resource, identityHash = '' }: PermissionClaim): string {
  if (group === '') return resource;
  return identityHash === '' ? `${resource}.${group}` : `${resource}.${group}:${identityHash}`;
}
