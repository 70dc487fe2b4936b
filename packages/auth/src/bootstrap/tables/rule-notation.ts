import type { PolicyRule } from '../../rbac/objects.ts';

/** The verbs that read. */
export const READ = 'get list watch';
/** The verbs that change. */
export const WRITE = 'create update patch delete deletecollection';

/** A rule about resources, words separated by spaces: `on('get list', 'apps', 'deployments')`. The core group is `''`. */
export function on(verbs: string, group: string, resources: string): PolicyRule {
  return { verbs: sorted(verbs), apiGroups: [group], resources: sorted(resources) };
}

/** A rule about paths. */
export function paths(verbs: string, urls: string): PolicyRule {
  return { verbs: sorted(verbs), nonResourceURLs: sorted(urls) };
}

/** Rules are told as Kubernetes' own are: each list in order. */
function sorted(words: string): readonly string[] {
  return words.split(' ').sort();
}
