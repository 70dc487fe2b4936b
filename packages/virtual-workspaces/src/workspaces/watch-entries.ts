import { equal, expired, objectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import { REQUIRED_GROUPS_ANNOTATION } from '@kcp/auth';
import { systemAdmin, wildcard, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectChange, StoredObject, Watch, WatchListener, WatchOptions } from '@kcp/object-store';
import { clusterOfWorkspace, logicalClusters, workspaces } from '@kcp/tenancy';
import { asOf } from './as-of.ts';
import { isCandidate } from './candidates.ts';
import { workspaceOf } from './workspace-of.ts';
import { clusterRoleBindings, deciding } from './entry-buckets.ts';
import type { EntryDeps, Visitor } from './entry-reader.ts';
import { Grantees } from './grantees.ts';
import { orderedWatch } from './ordered-watch.ts';
import { appeared, disappeared } from './shown-change.ts';

/** What to watch, and who is told. */
export interface EntryWatch {
  readonly options: WatchOptions;
  readonly listener: WatchListener;
}

/**
 * Watches the Workspaces that somebody may enter. What a write is to them is found out by asking who might enter before it and after it, of the
 * store as it was at these two revisions: no list is kept of what was told. A right that is given or taken shows the Workspace come or go.
 */
export function watchEntries(deps: EntryDeps, visitor: Visitor, { options, listener }: EntryWatch): Watch {
  const view = new EntryChanges(deps, visitor, options);
  const tell = (change: ObjectChange): void => {
    for (const told of view.of(change)) listener.event(told);
  };
  const rights = deciding.map((bucket) => ({ bucket, cluster: wildcard, after: options.after }));
  return orderedWatch(deps.store, [options, ...rights], { ...parts(listener), event: tell });
}

function parts(listener: WatchListener): WatchListener {
  return {
    event: (change) => listener.event(change),
    progress: (revision) => listener.progress(revision),
    lost: (error) => listener.lost(error),
  };
}

class EntryChanges {
  readonly #deps: EntryDeps;
  readonly #visitor: Visitor;
  readonly #options: WatchOptions;
  readonly #grantees: Grantees;

  constructor(deps: EntryDeps, visitor: Visitor, options: WatchOptions) {
    this.#deps = deps;
    this.#visitor = visitor;
    this.#options = options;
    this.#grantees = new Grantees(visitor.user);
  }

  /** What a write is to who watches: nothing, or one change. */
  of(change: ObjectChange): readonly ObjectChange[] {
    const { bucket } = change.object;
    if (bucket.group === workspaces.bucket.group && bucket.resource === workspaces.bucket.resource)
      return this.#ofWorkspace(change);
    if (!this.#concerns(change)) return [];
    if (change.object.key.cluster === systemAdmin)
      throw expired('rights that count in all logical clusters changed: list again');
    return this.#ofRight(change);
  }

  #ofWorkspace(change: ObjectChange): readonly ObjectChange[] {
    const { object, previous } = change;
    const { revision } = object;
    const is = change.kind === 'put' && this.#mayEnter(object, revision);
    const before = change.kind === 'put' ? previous : object;
    const was = before !== undefined && this.#mayEnter(before, revision - 1);
    if (is) return [was ? change : { ...change, previous: undefined, rendered: new Map() }];
    if (!was) return [];
    return [change.kind === 'delete' ? change : disappeared(before, revision)];
  }

  #mayEnter(workspace: StoredObject, revision: number): boolean {
    const cluster = clusterOfWorkspace(workspace.decode());
    return cluster !== undefined && this.#mayEnterAt(cluster, revision);
  }

  #ofRight({ object }: ObjectChange): readonly ObjectChange[] {
    const { revision, key } = object;
    const [was, is] = [this.#mayEnterAt(key.cluster, revision - 1), this.#mayEnterAt(key.cluster, revision)];
    if (was === is) return [];
    const workspace = this.#workspaceAt(key.cluster, is ? revision : revision - 1);
    if (workspace === undefined) return [];
    return [is ? appeared(workspace, revision) : disappeared(workspace, revision)];
  }

  #workspaceAt(cluster: LogicalCluster, revision: number): StoredObject | undefined {
    const found = workspaceOf(this.#deps.store, cluster, revision);
    if (found === undefined) return undefined;
    const { cluster: below, name } = this.#options;
    const isBelow = typeof below !== 'string' || found.key.cluster === below;
    return isBelow && (name === undefined || name === found.key.name) ? found : undefined;
  }

  /** The newest rights are derived already; older ones only where they changed since, and something may be theirs. */
  #mayEnterAt(cluster: LogicalCluster, revision: number): boolean {
    const { store, entrance, entranceOf } = this.#deps;
    const { user, scope } = this.#visitor;
    const isNewest = deciding.every((bucket) => store.generation({ bucket, cluster }) <= revision);
    if (isNewest) return entrance.mayEnter(user, cluster, scope);
    if (!entrance.everywhere(user, scope) && !isCandidate(store, this.#grantees, { cluster, at: revision }))
      return false;
    return entranceOf(asOf(store, revision)).mayEnter(user, cluster, scope);
  }

  /** Spares most writes the question: bindings of others, and what of a LogicalCluster says nothing of who may enter. */
  #concerns({ object, previous, kind }: ObjectChange): boolean {
    if (object.bucket.resource === clusterRoleBindings.resource)
      return this.#grantees.isIn(object) || (previous !== undefined && this.#grantees.isIn(previous));
    if (object.bucket.resource !== logicalClusters.bucket.resource || kind === 'delete' || previous === undefined)
      return true;
    return !equal(doorOf(object.decode()), doorOf(previous.decode()));
  }
}

function doorOf(object: KubeObject): readonly string[] {
  return [textAt(objectAt(object, 'status'), 'phase'), object.metadata.annotations?.[REQUIRED_GROUPS_ANNOTATION] ?? ''];
}
