import { isQualifiedName } from '@kcp/api-machinery';

const COMPUTE = ['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const COUNTED = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const STORED = ['ephemeral-storage', 'limits.ephemeral-storage', 'requests.ephemeral-storage', 'requests.storage'];

const POD_NAMES: ReadonlySet<string> = new Set(['pods', ...COMPUTE]);
const COUNTS: ReadonlySet<string> = new Set(COUNTED);
const STANDARD: ReadonlySet<string> = new Set([...COMPUTE, ...COUNTED, ...STORED]);

/** Scopes that only say whether they hold. */
export const EXISTENCE_SCOPES: ReadonlySet<string> = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'CrossNamespacePodAffinity',
]);
const SCOPES: ReadonlySet<string> = new Set([...EXISTENCE_SCOPES, 'PriorityClass', 'VolumeAttributesClass']);

/** True for a name without a domain that a quota may limit. */
export function isStandardQuotaName(name: string): boolean {
  return STANDARD.has(name) || name.startsWith('hugepages-') || name.startsWith('requests.hugepages-');
}

/** True for a name without a domain that any resource list may hold. */
export function isStandardResourceName(name: string): boolean {
  return name === 'storage' || isStandardQuotaName(name);
}

/** True for what can only be counted in whole numbers: objects, and resources of other domains. */
export function isCountedName(name: string): boolean {
  if (COUNTS.has(name)) return true;
  if (!name.includes('/') || name.includes('kubernetes.io/') || name.startsWith('requests.')) return false;
  return isQualifiedName(`requests.${name}`).length === 0;
}

/** True for a scope that quotas know. */
export function isQuotaScope(scope: string): boolean {
  return SCOPES.has(scope);
}

/** True where a scope can limit what a name counts. */
export function fitsScope(scope: string, name: string): boolean {
  if (scope === 'BestEffort') return name === 'pods';
  if (scope === 'VolumeAttributesClass') return name === 'persistentvolumeclaims' || name === 'requests.storage';
  return SCOPES.has(scope) ? POD_NAMES.has(name) : true;
}
