import { authorizerType, Environment, kubernetesEnvironment, kubernetesLibraries, resourceCheckType } from '@kcp/cel';
import { structType, types } from '@kcp/cel';
import type { CelType, TypeProvider, VariableDeclaration } from '@kcp/cel';
import { namespaceTypes, requestTypes } from '../matching/admission-environment.ts';
import { jsonPatchLibrary, patchTypes } from './patch-types.ts';

/** Which variables and types an expression may use beside those that all may. */
export interface ExpressionScope {
  readonly params: boolean;
  readonly authorizer: boolean;
  /** `Object{}`, `JSONPatch{}` and `jsonpatch.escapeKey`. */
  readonly patchTypes?: boolean;
  /** The types of `variables.x`; absent: there is no `variables`. */
  readonly variables?: ReadonlyMap<string, CelType>;
  /** What is known of the objects and parameters; absent: nothing. */
  readonly known?: KnownTypes;
}

/** Types that a schema declares, for checks against a kind. */
export interface KnownTypes {
  readonly object: CelType;
  readonly params?: CelType;
  readonly provider: TypeProvider;
}

const VARIABLES = structType('kubernetes.variables');
const patching = new Environment({
  libraries: [...kubernetesLibraries, jsonPatchLibrary],
  strictLiterals: true,
  escapedIdentifiers: false,
});

/** The language of admission expressions (k8s.io/apiserver pkg/admission/plugin/cel, createEnvForOpts). */
export function expressionEnvironment(scope: ExpressionScope): Environment {
  const { params, authorizer, known } = scope;
  const object = known?.object ?? types.dyn;
  const variables: VariableDeclaration[] = [
    { name: 'object', type: object },
    { name: 'oldObject', type: object },
    { name: 'namespaceObject', type: namespaceTypes.root?.type ?? types.dyn },
    { name: 'request', type: requestTypes.root?.type ?? types.dyn },
  ];
  if (params) variables.push({ name: 'params', type: known?.params ?? types.dyn });
  if (authorizer) {
    variables.push({ name: 'authorizer', type: authorizerType });
    variables.push({ name: 'authorizer.requestResource', type: resourceCheckType });
  }
  if (scope.variables) variables.push({ name: 'variables', type: VARIABLES });
  return (scope.patchTypes ? patching : kubernetesEnvironment).extend({ variables, provider: provider(scope) });
}

function provider(scope: ExpressionScope): TypeProvider {
  const sources: TypeProvider[] = [requestTypes, namespaceTypes, ...(scope.patchTypes ? [patchTypes] : [])];
  if (scope.known) sources.push(scope.known.provider);
  const { variables } = scope;
  return {
    findStruct: (name) => {
      if (name === VARIABLES.name && variables) return { type: VARIABLES, field: (field) => variables.get(field) };
      for (const source of sources) {
        const found = source.findStruct(name);
        if (found) return found;
      }
      return undefined;
    },
  };
}
