import { ApiError, notFound, type KubeObject, type ObjectMeta } from '@kcp/api-machinery';
import type { ObjectWrite, StoredObject } from '@kcp/object-store';
import { inSpan } from '@kcp/telemetry';
import { served } from '../present/render.ts';
import { admit, askMutating } from './admission-chain.ts';
import { commitAll, modified } from './commit.ts';
import { deleteOptionsObject, type DeleteOptions, type PropagationPolicy } from './delete-options.ts';
import { keyOf, type PreparedWrite, type WriteDeps, type WriteRequest } from './write-request.ts';

/** What a delete came to: the object is gone, or marked and waiting for whoever holds it. */
export type Deleted =
  | { readonly kind: 'gone'; readonly object: KubeObject }
  | { readonly kind: 'marked'; readonly stored: StoredObject }
  | { readonly kind: 'shown'; readonly object: KubeObject };

const ATTEMPTS = 10;

/** Deletes one object, or marks it where something holds it. Throws ApiError. */
export async function remove(deps: WriteDeps, request: WriteRequest, options: DeleteOptions): Promise<Deleted> {
  const { resource, context } = request;
  for (let attempt = 1; ; attempt++) {
    const current = deps.store.get(resource.bucket, keyOf(request));
    if (!current) throw notFound(resource.gvr, context.name);
    const old = await served(resource, current);
    checkPreconditions(old, request, options);
    await resource.strategy.validateDelete?.(old, context);
    await askAdmission(deps, request, { old, options });
    const next = marked(old, request, options.policy);
    if (next === old) return { kind: 'marked', stored: current };
    if (options.dryRun) return next === undefined ? { kind: 'gone', object: old } : { kind: 'shown', object: next };
    const write = await prepared(request, current, next);
    const outcome = await inSpan(request.context.span, 'commit', () => commitAll(deps.store, [write]));
    const [stored] = outcome.kind === 'committed' ? outcome.objects : [];
    if (outcome.kind === 'committed' && next === undefined) return { kind: 'gone', object: old };
    if (stored) return { kind: 'marked', stored };
    if (attempt >= ATTEMPTS) throw modified(resource.gvr, context.name);
  }
}

/** Mutating plug-ins are asked, too: there is nothing to change, but they may refuse. */
async function askAdmission(
  deps: WriteDeps,
  request: WriteRequest,
  { old, options }: { readonly old: KubeObject; readonly options: DeleteOptions },
): Promise<void> {
  const facts = {
    operation: 'DELETE' as const,
    oldObject: old,
    options: deleteOptionsObject(options),
    ofCollection: options.ofCollection ?? false,
  };
  await askMutating(deps, request, facts);
  await admit(deps, request, facts);
}

async function prepared(
  { resource }: WriteRequest,
  current: StoredObject,
  next: KubeObject | undefined,
): Promise<PreparedWrite> {
  const { key, revision: expected } = current;
  const { bucket, storedFingerprint } = resource;
  if (next === undefined)
    return {
      write: { kind: 'delete', bucket, key, expected, previous: current },
      conditions: [],
      object: current.decode(),
    };
  const object = await resource.toStored(next);
  const write: ObjectWrite = {
    kind: 'update',
    bucket,
    key,
    object,
    fingerprint: storedFingerprint,
    expected,
    previous: current,
  };
  return { write, conditions: [], object: next };
}

function checkPreconditions(
  { metadata }: KubeObject,
  { resource, context }: WriteRequest,
  options: DeleteOptions,
): void {
  const refuse = (what: string, asked: string, is: string | undefined, perhaps: string): never => {
    const why = `the ${what} in the precondition (${asked}) does not match the ${what} in record (${is}). The object might have been ${perhaps}`;
    throw new ApiError(
      'Conflict',
      `Operation cannot be fulfilled on ${resource.kind}${resource.gvr.group && `.${resource.gvr.group}`} "${context.name}": ${why}`,
      {
        details: { name: context.name, ...(resource.gvr.group && { group: resource.gvr.group }), kind: resource.kind },
      },
    );
  };
  if (options.uid !== undefined && options.uid !== metadata.uid)
    refuse('UID', options.uid, metadata.uid, 'deleted and then recreated');
  if (options.resourceVersion !== undefined && options.resourceVersion !== metadata.resourceVersion) {
    refuse('ResourceVersion', options.resourceVersion, metadata.resourceVersion, 'modified');
  }
}

const POLICY_FINALIZERS: Readonly<Record<PropagationPolicy, string>> = {
  Foreground: 'foregroundDeletion',
  Orphan: 'orphan',
  Background: '',
};

/** The finalizers that an object has once a policy had its say: the policy's own replaces those of the others. */
export function finalizersFor(finalizers: readonly string[], policy: PropagationPolicy | undefined): readonly string[] {
  if (policy === undefined) return finalizers;
  const kept = finalizers.filter((name) => name !== 'foregroundDeletion' && name !== 'orphan');
  const own = POLICY_FINALIZERS[policy];
  const next = own === '' ? kept : [...kept, own];
  return next.length === finalizers.length && next.every((name) => finalizers.includes(name)) ? finalizers : next;
}

/** What a delete leaves: nothing (undefined), the same object where it was marked already, or the marked one. */
function marked(
  old: KubeObject,
  { resource, context }: WriteRequest,
  policy: PropagationPolicy | undefined,
): KubeObject | undefined {
  const begun = resource.strategy.beginDelete?.(old, context);
  const was = (begun ?? old).metadata.finalizers ?? [];
  const finalizers = finalizersFor(was, policy);
  if (begun === undefined && finalizers.length === 0) return undefined;
  const held = begun ?? old;
  if (held.metadata.deletionTimestamp !== undefined && begun !== undefined && finalizers === was) return held;
  const metadata: ObjectMeta = { ...held.metadata, ...(finalizers.length > 0 && { finalizers }) };
  if (metadata.deletionTimestamp === undefined) {
    metadata.deletionTimestamp = context.now;
    metadata.deletionGracePeriodSeconds = 0;
    if ((metadata.generation ?? 0) > 0) metadata.generation = (metadata.generation ?? 0) + 1;
  } else if (finalizers === was) return held;
  return { ...held, metadata };
}
