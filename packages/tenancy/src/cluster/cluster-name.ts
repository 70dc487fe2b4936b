import { hash } from 'node:crypto';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';

const LENGTH = 16;

/** SHA-224 in base 36, as kcp shortens what it hashes. */
export function base36Sha224(text: string): string {
  return BigInt(`0x${hash('sha224', text)}`).toString(36);
}

/** How many bytes of a user's hash the name of the home has. */
const HOME_BYTES = 8;

/**
 * The name of the logical cluster that is a user's home: the first eight bytes of the name's SHA-224 in base 36, with a `0` for
 * every byte of them that is zero before the first that is not (kcp's HomeClusterName).
 */
export function homeClusterName(user: string): LogicalCluster {
  const bytes = hash('sha224', user, 'buffer').subarray(0, HOME_BYTES);
  const zeros = bytes.findIndex((byte) => byte !== 0);
  const padding = '0'.repeat(zeros < 0 ? HOME_BYTES : zeros);
  const number = zeros < 0 ? '' : bytes.readBigUInt64BE().toString(36);
  return named(padding + number);
}

/**
 * The name of the logical cluster of a Workspace, from the Workspace's uid: 82 bits, random because the uid is. Whoever makes the
 * logical cluster, and however often, finds the same name.
 */
export function clusterNameOf(uid: string): LogicalCluster {
  return named(base36Sha224(`workspace ${uid}`).slice(0, LENGTH));
}

function named(text: string): LogicalCluster {
  const name = parseName(text);
  if (name === undefined) throw new Error('a hash in base 36 is always a name');
  return name;
}
