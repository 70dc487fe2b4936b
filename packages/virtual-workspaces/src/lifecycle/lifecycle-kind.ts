import { objectAt, textsAt, type KubeObject } from '@kcp/api-machinery';
import { phaseOf } from '@kcp/tenancy';

/** One of the two times in the life of a logical cluster that a controller may ask it to wait. */
export interface LifecycleKind {
  /** The surface that serves who waits. */
  readonly surface: 'initializingworkspaces' | 'terminatingworkspaces';
  /** What one of its controllers is called. */
  readonly role: 'initializer' | 'terminator';
  /** The verb that a controller needs on the WorkspaceType. */
  readonly verb: 'initialize' | 'terminate';
  /** The list in the status of a LogicalCluster that says who it waits for. */
  readonly field: 'initializers' | 'terminators';
  /** The rules in the spec of a WorkspaceType that confine its controller to them. */
  readonly permissions: 'initializerPermissions' | 'terminatorPermissions';
  /** True in the time that this is about. */
  readonly isOpen: (object: KubeObject) => boolean;
}

/** Before a logical cluster is ready. */
export const initializing: LifecycleKind = {
  surface: 'initializingworkspaces',
  role: 'initializer',
  verb: 'initialize',
  field: 'initializers',
  permissions: 'initializerPermissions',
  isOpen: (object) => phaseOf(object) === 'Initializing',
};

/** After its deletion was asked for. */
export const terminating: LifecycleKind = {
  surface: 'terminatingworkspaces',
  role: 'terminator',
  verb: 'terminate',
  field: 'terminators',
  permissions: 'terminatorPermissions',
  isOpen: ({ metadata }) => metadata.deletionTimestamp !== undefined,
};

/** True for a LogicalCluster that waits for this controller now: by its status, which is right before its labels are. */
export function waitsFor(kind: LifecycleKind, name: string, object: KubeObject): boolean {
  return kind.isOpen(object) && textsAt(objectAt(object, 'status'), kind.field).includes(name);
}

/** The group that a request bears which was checked against the rules of a type. */
export function lifecycleGroup({ role }: LifecycleKind, name: string): string {
  return `system:kcp:${role}:${name}`;
}
