/** An API group and version; the core group is the empty text. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** A group, version and kind, as `apiVersion` and `kind` of an object give them. */
export interface GroupVersionKind extends GroupVersion {
  readonly kind: string;
}

/** A group and plural resource name: `configmaps` in the core group, `widgets.example.com`. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** A group, version and plural resource name, as URLs give them. */
export interface GroupVersionResource extends GroupVersion, GroupResource {}

/** `v1` or `apps/v1`. */
export function formatApiVersion(gv: GroupVersion): string {
  return gv.group === '' ? gv.version : `${gv.group}/${gv.version}`;
}

/** Reads `v1` or `apps/v1`; undefined where there is more than one slash. */
export function parseApiVersion(text: string): GroupVersion | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return { group: '', version: text };
  if (text.includes('/', slash + 1)) return undefined;
  return { group: text.slice(0, slash), version: text.slice(slash + 1) };
}

/** `configmaps`, `widgets.example.com`: how messages name a resource. */
export function formatGroupResource(gr: GroupResource): string {
  return gr.group === '' ? gr.resource : `${gr.resource}.${gr.group}`;
}

const KUBE_VERSION = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/;

/** Orders versions as discovery does: GA before beta before alpha, higher numbers first, other names last by text. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [rank(a), rank(b)];
  if (x === undefined || y === undefined) {
    if (x === undefined && y === undefined) return a < b ? -1 : Number(a > b);
    return x === undefined ? 1 : -1;
  }
  return y.stage - x.stage || y.major - x.major || y.minor - x.minor;
}

function rank(version: string): { stage: number; major: number; minor: number } | undefined {
  const match = KUBE_VERSION.exec(version);
  if (!match) return undefined;
  const stage = match[2] === undefined ? 2 : Number(match[2] === 'beta');
  return { stage, major: Number(match[1]), minor: Number(match[3] ?? 0) };
}
