import { unlessOvertaken } from '@kcp/apiserver';
import { equal, type KubeObject } from '@kcp/api-machinery';
import type { ObjectAddress } from '@kcp/apiserver';
import type { TenancyDeps } from './deps.ts';

/** What an object should be, from what it is; called again on what it has become, where others wrote meanwhile. */
export type Settle = (object: KubeObject) => KubeObject;

/** Brings an object and its status to what they should be, in one write; none where they are. */
export async function writeSettled(
  { writer }: Pick<TenancyDeps, 'writer'>,
  address: ObjectAddress,
  { current, settle }: { readonly current: KubeObject; readonly settle: Settle },
): Promise<void> {
  const wanted = settle(current);
  if (wanted === current || equal({ ...wanted }, { ...current })) return;
  await unlessOvertaken(writer.updateWhole(address, settle));
}
