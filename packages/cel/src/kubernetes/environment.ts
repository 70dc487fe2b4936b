import { Environment } from '../check/environment.ts';
import { kubernetesLibraries } from './libraries.ts';

/** The language of Kubernetes 1.36; extend it with variables and types. */
export const kubernetesEnvironment = new Environment({
  libraries: kubernetesLibraries,
  strictLiterals: true,
  escapedIdentifiers: false,
});
