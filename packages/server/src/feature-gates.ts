import { parseGoBool } from '@kcp/api-machinery';
import type { ServerOptions } from './options.ts';

/** kcp's feature gates (pkg/features), and whether they are on where nobody says. */
const DEFAULTS = {
  CacheAPIs: false,
  EnableDeprecatedAPIExportVirtualWorkspacesUrls: false,
  LogicalClusterMigration: false,
  StorageVersionAPI: false,
  /**
   * On, other than in kcp: it costs nothing until somebody makes a type that names an issuer, and one that is named and not believed
   * keeps people out for no reason that they see.
   */
  WorkspaceAuthentication: true,
  WorkspaceMounts: false,
} as const satisfies Record<string, boolean>;

/** The name of a feature. */
export type FeatureGate = keyof typeof DEFAULTS;

/** Which features are wanted, or are not. */
export type FeatureGates = Readonly<Partial<Record<FeatureGate, boolean>>>;

/** The features that the server has; the other names are known and change nothing. */
const BUILT: ReadonlySet<FeatureGate> = new Set<FeatureGate>(['WorkspaceAuthentication', 'WorkspaceMounts']);

/** True where a feature is to be there. */
export function isEnabled({ featureGates }: Pick<ServerOptions, 'featureGates'>, gate: FeatureGate): boolean {
  return featureGates?.[gate] ?? DEFAULTS[gate];
}

/** What `--feature-gates` says. */
export interface ReadFeatureGates {
  readonly gates: FeatureGates;
  /** What is said and changes nothing: features that are not built, and those of Kubernetes. */
  readonly idle: readonly string[];
}

/** Reads `Name=true` texts; the last one of a name counts. Throws Error in the words of Kubernetes (component-base/featuregate). */
export function readFeatureGates(texts: readonly string[]): ReadFeatureGates {
  const gates = new Map<FeatureGate, boolean>();
  const idle = new Set<string>();
  for (const text of texts.map((each) => each.trim()).filter((each) => each !== '')) {
    const at = text.indexOf('=');
    const name = (at < 0 ? text : text.slice(0, at)).trim();
    if (at < 0) throw new Error(`missing bool value for ${name}`);
    const value = text.slice(at + 1).trim();
    const isOn = parseGoBool(value);
    if (isOn === undefined) {
      throw new Error(
        `invalid value of ${name}=${value}, err: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
      );
    }
    if (!isFeatureGate(name)) {
      idle.add(name);
      continue;
    }
    gates.set(name, isOn);
    if (!BUILT.has(name)) idle.add(name);
  }
  return { gates: Object.fromEntries(gates), idle: [...idle] };
}

function isFeatureGate(name: string): name is FeatureGate {
  return Object.hasOwn(DEFAULTS, name);
}
