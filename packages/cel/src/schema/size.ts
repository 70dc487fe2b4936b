import type { SizeOf } from '../cost/estimate.ts';
import { exactly } from '../cost/interval.ts';
import { fieldOf } from './declared-type.ts';
import type { DeclaredType } from './declared-type.ts';

/** The sizes that schemas declare, by variable (k8s.io/apiextensions-apiserver cel sizeEstimator). */
export function declaredSizes(root: DeclaredType): SizeOf {
  // Kubernetes takes every variable for the root: `self` and `oldSelf` are of one type, and names of types are small.
  return ([, ...path]) => {
    let at: DeclaredType | undefined = root;
    for (const [step, part] of path.entries()) {
      // Kubernetes gives keys no size, as no schema does: what is done with a key counts as done with nothing.
      if (part === '@keys') return at?.kind === 'map' && step === path.length - 1 ? exactly(0) : undefined;
      at = below(at, part);
    }
    return at && { min: 0, max: at.maxElements };
  };
}

function below(declared: DeclaredType | undefined, part: string): DeclaredType | undefined {
  if (part === '@items' || part === '@values') return declared?.element;
  return (declared && fieldOf(declared, part)?.declared) ?? (declared?.kind === 'map' ? declared.element : undefined);
}
