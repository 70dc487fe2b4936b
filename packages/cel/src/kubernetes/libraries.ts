import type { Library } from '../check/declaration.ts';
import { twoVariableLibrary } from '../library/extensions.ts';
import { listsLibrary, setsLibrary } from '../library/lists.ts';
import { optionalLibrary } from '../library/optional.ts';
import { standardLibrary } from '../library/standard.ts';
import { stringsLibrary } from '../library/strings.ts';
import { authorizerLibrary } from './authorizer.ts';
import { formatLibrary } from './format.ts';
import { kubernetesListsLibrary, regexLibrary } from './lists.ts';
import { networkLibrary } from './network.ts';
import { quantityLibrary } from './quantity.ts';
import { semverLibrary } from './semver.ts';
import { urlLibrary } from './url.ts';

/** What every expression in Kubernetes 1.36 may use (k8s.io/apiserver/pkg/cel/environment base.go). */
export const kubernetesLibraries: readonly Library[] = [
  standardLibrary,
  urlLibrary,
  regexLibrary,
  kubernetesListsLibrary,
  authorizerLibrary,
  optionalLibrary,
  quantityLibrary,
  stringsLibrary,
  setsLibrary,
  networkLibrary,
  formatLibrary,
  twoVariableLibrary,
  semverLibrary,
  listsLibrary,
];

/** The most that one evaluation may cost (k8s.io/apiserver/pkg/apis/cel PerCallLimit). */
export const perCallLimit = 1_000_000;
/** The most that all rules of one validation may cost together (RuntimeCELCostBudget). */
export const perRequestLimit = 10_000_000;
