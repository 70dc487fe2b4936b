import { root } from '@kcp/logical-cluster';
import { base36Sha224 } from '@kcp/tenancy';
import type { ExportReference } from '../exports/own-export.ts';

/** Holds a binding until the objects of its kinds are gone. */
export const BINDING_FINALIZER = 'apis.kcp.io/apibinding-finalizer';
/** Bindings of one export bear the same value. */
export const EXPORT_LABEL = 'internal.apis.kcp.io/export';

/** What bindings bear beside their name. */
export interface BindingMetadata {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly finalizers: readonly string[];
}

/** Of a binding to an export of root. */
export function bindingMetadata({ name }: ExportReference, path: string): BindingMetadata {
  return {
    annotations: { 'kcp.io/path': path },
    labels: { [EXPORT_LABEL]: base36Sha224(`${root}|${name}`) },
    finalizers: [BINDING_FINALIZER],
  };
}
