import type { ObjectMeta } from '@kcp/api-machinery';
import { defineKind } from './kind.ts';

/** What the objects of this file share. For more kinds: `defineKind` with types of your own or of kubernetes-types. */
type Meta = { readonly metadata: Readonly<ObjectMeta> };
type Texts = Readonly<Record<string, string>>;

/** A namespace. */
export interface Namespace extends Meta {
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: string };
}

/** Texts and bytes (base64) by name. */
export interface ConfigMap extends Meta {
  readonly data?: Texts;
  readonly binaryData?: Texts;
  readonly immutable?: boolean;
}

/** Bytes (base64) by name; `stringData` is only written. */
export interface Secret extends Meta {
  readonly type?: string;
  readonly data?: Texts;
  readonly stringData?: Texts;
  readonly immutable?: boolean;
}

/** An identity for programs. */
export interface ServiceAccount extends Meta {
  readonly automountServiceAccountToken?: boolean;
}

/** Who leads, and until when. */
export interface Lease extends Meta {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** The kinds that programs meet most, of core/v1 and coordination.k8s.io/v1. */
export const kinds = {
  Namespace: defineKind<Namespace>({
    group: '',
    version: 'v1',
    resource: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
  }),
  ConfigMap: defineKind<ConfigMap>({ group: '', version: 'v1', resource: 'configmaps', kind: 'ConfigMap' }),
  Secret: defineKind<Secret>({ group: '', version: 'v1', resource: 'secrets', kind: 'Secret' }),
  ServiceAccount: defineKind<ServiceAccount>({
    group: '',
    version: 'v1',
    resource: 'serviceaccounts',
    kind: 'ServiceAccount',
  }),
  Lease: defineKind<Lease>({ group: 'coordination.k8s.io', version: 'v1', resource: 'leases', kind: 'Lease' }),
} as const;
