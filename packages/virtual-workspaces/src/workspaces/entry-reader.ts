import type { ViewReader } from '@kcp/apiserver';
import type { UserInfo } from '@kcp/auth';
import type { ObjectPage, ObjectReader, PageOptions, StoredObject } from '@kcp/object-store';
import { behind, candidates } from './candidates.ts';
import type { Entrance, EntranceStore } from './entrance.ts';
import { workspaceOf } from './workspace-of.ts';
import { clusterOfWorkspace } from '@kcp/tenancy';
import { Grantees } from './grantees.ts';
import { watchEntries } from './watch-entries.ts';
import type { EntryScope } from './workspaces-place.ts';

/** What shows somebody the workspaces that they may enter. */
export interface EntryDeps {
  readonly store: ObjectReader;
  /** As of now. */
  readonly entrance: Entrance;
  /** As of another state of the store. */
  readonly entranceOf: (store: EntranceStore) => Entrance;
}

/** Somebody, and which of their rights count. */
export interface Visitor {
  readonly user: UserInfo;
  readonly scope: EntryScope;
}

/** Tokens that name a place among the bindings begin so; keys of objects do not. */
const AMONG_BINDINGS = '=';

/** A store of Workspaces in which there are only those that somebody may enter. Asked anew for everything: nothing is remembered. */
export function entryReader(deps: EntryDeps, visitor: Visitor): ViewReader {
  const { store } = deps;
  const sees = (workspace: StoredObject): boolean => maySee(deps, visitor, workspace);
  return {
    synced: () => store.synced(),
    head: () => store.head(),
    generation: (selection) => store.generation(selection),
    // how many of them there are is only known by looking at all
    count: () => 0,
    get: (bucket, key, at) => {
      const found = store.get(bucket, key, at);
      return found !== undefined && sees(found) ? found : undefined;
    },
    page: (options) => byBinding(deps, visitor, options) ?? filtered(store, options, sees),
    watch: (options, listener) => watchEntries(deps, visitor, { options, listener }),
  };
}

/** True where somebody may enter what a Workspace stands for. */
function maySee({ entrance }: EntryDeps, { user, scope }: Visitor, workspace: StoredObject): boolean {
  const cluster = clusterOfWorkspace(workspace.decode());
  return cluster !== undefined && entrance.mayEnter(user, cluster, scope);
}

/** Below one logical cluster, and for those who may go anywhere, Workspaces are looked through: most of them fit. */
function looksThrough({ entrance }: EntryDeps, { user, scope }: Visitor, { cluster, after }: PageOptions): boolean {
  if (typeof cluster === 'string') return true;
  return after === undefined ? entrance.everywhere(user, scope) : !after.startsWith(AMONG_BINDINGS);
}

/** So many are asked about before others have their turn. */
const MOST_AT_ONCE = 100;

function filtered(store: ObjectReader, options: PageOptions, sees: (workspace: StoredObject) => boolean): ObjectPage {
  const page = store.page({ ...options, limit: Math.min(options.limit ?? MOST_AT_ONCE, MOST_AT_ONCE) });
  return { ...page, objects: page.objects.filter(sees) };
}

/** Undefined where Workspaces are to be looked through: also as long as it is not known which bindings there are for whom. */
function byBinding(deps: EntryDeps, visitor: Visitor, options: PageOptions): ObjectPage | undefined {
  if (looksThrough(deps, visitor, options)) return undefined;
  const { store, entrance } = deps;
  const { user, scope } = visitor;
  const { after, limit = Infinity, at } = options;
  const search = { at, ...(after !== undefined && { after: after.slice(AMONG_BINDINGS.length) }) };
  const found = candidates(store, new Grantees(user), search);
  if (found === undefined) return undefined;
  const objects: StoredObject[] = [];
  for (const cluster of found.clusters) {
    const workspace = entrance.mayEnter(user, cluster, scope) ? workspaceOf(store, cluster, at) : undefined;
    if (workspace === undefined) continue;
    if (objects.push(workspace) >= limit) return { objects, next: resume(workspace), revision: found.revision, resume };
  }
  const next = found.next === undefined ? undefined : AMONG_BINDINGS + found.next;
  return { objects, next, revision: found.revision, resume };
}

function resume(workspace: StoredObject): string {
  const cluster = clusterOfWorkspace(workspace.decode());
  return cluster === undefined ? AMONG_BINDINGS : AMONG_BINDINGS + behind(cluster);
}
