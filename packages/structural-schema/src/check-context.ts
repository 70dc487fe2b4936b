import type { Json } from '@kcp/api-machinery';
import type { Findings } from './findings.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * Looks at one value and notes in `findings` what is wrong with it. `old` is the value that stood in its place before,
 * undefined where nothing is known of it. Returns how many rules were looked at, by which the nearest alternative of
 * an anyOf or oneOf is chosen, counted as kube-openapi counts.
 */
export type Check = (value: Json, old: Json | undefined, findings: Findings) => number;

/** What the check of a node needs beside the node. */
export interface CheckContext {
  /** Compiles a node below this one. */
  readonly compile: (schema: StructuralSchema, context: CheckContext) => Check;
  /**
   * True for a default in a definition. Kubernetes does not hold it to the types of int-or-string, but to the type that a
   * format has, also where the format means nothing for the node's type.
   */
  readonly isDefault: boolean;
  /** True under a junctor, where nothing is known of old values: there Kubernetes tolerates nothing. */
  readonly underJunctor: boolean;
}
