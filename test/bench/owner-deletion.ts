import { isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import type { Wire } from '@kcp/testing';
import { openServerFolder } from '../watched-server.ts';
import { timeMany } from './latency.ts';
import { cpuOf, wireTo, type Target } from './target.ts';
import type { Measured } from './whole-server.ts';

/** How much is deleted. */
export interface OwnerOptions {
  readonly dependants: number;
}

type Policy = 'Background' | 'Foreground';
/** Gives the longest turn since it was asked last, in milliseconds. */
type LongestTurn = () => Promise<number>;

const AT_ONCE = 32;
const POLL_MS = 100;
/** How long one dependant may take to go before a server is said to collect nothing: collectors look around first. */
const COLLECTS_MS = 60_000;
const LIMIT_MS = 600_000;

/** Deletes owners of many dependants, in the background and in the foreground, on a server of ours that watches its own turns. */
export async function measureOurOwners(options: OwnerOptions): Promise<Measured> {
  await using folder = await openServerFolder();
  await using server = await folder.start();
  const { url, pid, certificateAuthority: authority } = server.process;
  const target = { url: `${url}/clusters/root`, token: 'admin-token', pids: [pid], authority };
  const longestTurn = async (): Promise<number> => Math.round((await server.read()).turnMs * 10) / 10;
  return await measureBoth(target, { ...options, longestTurn });
}

/** The same on another server, without its turns; a reason where it collects no garbage, as kube-apiserver alone does not. */
export async function measureOwners(target: Target, options: OwnerOptions): Promise<Measured | string> {
  using wire = wireTo(target);
  const family = await makeFamily(wire, 1);
  await remove(wire, family, 'Background');
  if (!(await isEmpty(wire, family, COLLECTS_MS))) {
    return `not measured: a dependant was still there after ${COLLECTS_MS / 1000} s, so there is no garbage collector`;
  }
  return measureBoth(target, options);
}

async function measureBoth(
  target: Target,
  options: OwnerOptions & { readonly longestTurn?: LongestTurn },
): Promise<Measured> {
  using wire = wireTo(target);
  const measured: Record<string, Readonly<Record<string, number>>> = {};
  for (const policy of ['Background', 'Foreground'] as const) {
    const family = await makeFamily(wire, options.dependants);
    await options.longestTurn?.();
    const [began, cpu] = [performance.now(), await cpuOf(target)];
    await remove(wire, family, policy);
    if (!(await isEmpty(wire, family, LIMIT_MS))) throw new Error(`dependants are left after ${LIMIT_MS / 1000} s`);
    const seconds = Math.round(performance.now() - began) / 1000;
    const longestTurnMs = await options.longestTurn?.();
    measured[policy.toLowerCase()] = {
      dependants: options.dependants,
      seconds,
      serverCpuUsEach: Math.round((((await cpuOf(target)) - cpu) * 1000) / options.dependants),
      ...(longestTurnMs !== undefined && { longestTurnMs }),
    };
  }
  return measured;
}

interface Family {
  readonly maps: string;
}

/** An owner and what it owns, in a namespace of their own. */
async function makeFamily(wire: Wire, dependants: number): Promise<Family> {
  const namespace = `bench-${Math.random().toString(36).slice(2, 8)}`;
  await create(wire, '/api/v1/namespaces', { metadata: { name: namespace } });
  const maps = `/api/v1/namespaces/${namespace}/configmaps`;
  const { uid } = metadataOf(await create(wire, maps, { metadata: { name: 'owner' } }));
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: uid ?? '', blockOwnerDeletion: true };
  await timeMany(dependants, AT_ONCE, async (index) => {
    const metadata = { name: `d-${index}`, labels: { owned: 'yes' }, ownerReferences: [reference] };
    await create(wire, maps, { metadata, data: { a: 'b' } });
  });
  return { maps };
}

async function remove(wire: Wire, { maps }: Family, propagationPolicy: Policy): Promise<void> {
  const { status, text } = await wire.request(`${maps}/owner`, { method: 'DELETE', body: { propagationPolicy } });
  if (status >= 300) throw new Error(`DELETE of an owner: ${status} ${text.slice(0, 300)}`);
}

/** Waits until neither the owner nor a dependant is left; false where they are after that time. */
async function isEmpty(wire: Wire, { maps }: Family, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const owned = itemsOf((await wire.request(`${maps}?labelSelector=owned&limit=1`)).object);
    const owner = (await wire.request(`${maps}/owner`)).status;
    if (owned.length === 0 && owner === 404) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function create(wire: Wire, path: string, body: JsonObject): Promise<JsonObject> {
  const { status, text, object } = await wire.request(path, { method: 'POST', body });
  if (status !== 201) throw new Error(`POST ${path}: ${status} ${text.slice(0, 300)}`);
  return object;
}

function itemsOf(list: JsonObject): readonly Json[] {
  const items = own(list, 'items');
  if (!Array.isArray(items)) throw new Error('a list has no items');
  return items;
}

function metadataOf(object: JsonObject): { readonly uid?: string } {
  const metadata = own(object, 'metadata');
  const uid = isObject(metadata) ? own(metadata, 'uid') : undefined;
  return typeof uid === 'string' ? { uid } : {};
}
