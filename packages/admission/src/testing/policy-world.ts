import { ApiError, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { Authorizer } from '@kcp/auth';
import { root, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { openTestStore, type TestStore } from '@kcp/object-store/testing';
import type { ApplySchema } from '@kcp/patch';
import type { AdmissionAttributes, AdmissionPlugin, Mutation } from '../admission.ts';
import { mutatingAdmissionPolicy } from '../mutating/mutating-admission-policy.ts';
import type { PolicyResources } from '../policy/params.ts';
import { validatingAdmissionPolicy } from '../validating/validating-admission-policy.ts';
import { admissionAttributes } from './admission-attributes.ts';

/** What came of asking the policies. */
export interface Asked {
  readonly error: ApiError | undefined;
  readonly object: KubeObject | undefined;
  readonly warnings: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

const GROUP = 'admissionregistration.k8s.io';
const TEXT: ApplySchema = { kind: 'scalar', type: 'string' };
const TEXTS: ApplySchema = { kind: 'object', field: () => undefined, values: TEXT };
const METADATA: ApplySchema = {
  kind: 'object',
  field: (name) => ({ name: TEXT, namespace: TEXT, labels: TEXTS, annotations: TEXTS })[name],
};
const WHOLE: ApplySchema = { kind: 'list', type: 'atomic', items: TEXT };
const FIELDS: Readonly<Record<string, ApplySchema>> = {
  apiVersion: TEXT,
  kind: TEXT,
  metadata: METADATA,
  data: TEXTS,
  whole: WHOLE,
};
const CONFIG_MAP: ApplySchema = { kind: 'object', field: (name) => FIELDS[name] };

/** A store with policies in it, and the two plug-ins over it: config maps are what is served. */
export class PolicyWorld implements Disposable {
  readonly #store: TestStore;
  readonly validating: AdmissionPlugin;
  readonly mutating: AdmissionPlugin;
  /** Reads of the store, one line each. */
  readonly reads: string[] = [];

  private constructor(store: TestStore, authorize: Authorizer) {
    this.#store = store;
    const reader = this.#counted(store.store);
    const deps = { store: reader, resources: servesConfigMaps, authorize };
    this.validating = validatingAdmissionPolicy(deps);
    this.mutating = mutatingAdmissionPolicy(deps);
  }

  static async open(authorize: Authorizer = () => ({ kind: 'noOpinion', reason: '' })): Promise<PolicyWorld> {
    return new PolicyWorld(await openTestStore(), authorize);
  }

  /** Stores an object of a resource, over one of the same name. */
  async put(
    resource: string,
    object: JsonObject & { readonly metadata: JsonObject & { readonly name: string; readonly namespace?: string } },
    cluster: LogicalCluster = root,
  ): Promise<void> {
    const { name, namespace = '' } = object.metadata;
    const core = resource === 'configmaps' || resource === 'namespaces';
    const [bucket, key] = [
      { group: core ? '' : GROUP, resource },
      { cluster, namespace, name },
    ];
    const current = this.#store.store.get(bucket, key);
    const row = { bucket, key, object: { apiVersion: 'v1', kind: 'X', ...object }, fingerprint: 'v1' };
    const outcome = await this.#store.store.commit([
      current ? { kind: 'update', ...row, expected: current.revision } : { kind: 'create', ...row },
    ]);
    if (outcome.kind === 'refused') throw new Error('refused');
  }

  /** Stores a validating policy about config maps, in force by a binding of the same name. */
  async validate(name: string, spec: JsonObject, binding: JsonObject = {}): Promise<void> {
    await this.put('validatingadmissionpolicies', { metadata: { name }, spec: { ...about(), ...spec } });
    const bound = { policyName: name, validationActions: ['Deny'], ...binding };
    await this.put('validatingadmissionpolicybindings', { metadata: { name }, spec: bound });
  }

  /** Stores a mutating policy likewise. */
  async mutate(name: string, spec: JsonObject, binding: JsonObject = {}): Promise<void> {
    await this.put('mutatingadmissionpolicies', { metadata: { name }, spec: { ...about(), ...spec } });
    await this.put('mutatingadmissionpolicybindings', { metadata: { name }, spec: { policyName: name, ...binding } });
  }

  /** Asks the validating policies. */
  async ask(fields: Partial<AdmissionAttributes> = {}): Promise<Asked> {
    return attempt(fields, async (attributes) => {
      await this.validating.validate?.(attributes);
      return attributes.object;
    });
  }

  /** Asks the mutating policies, twice where they want it. */
  async change(fields: Partial<AdmissionAttributes> = {}): Promise<Asked> {
    return attempt(fields, async (attributes) => {
      const pass: { -readonly [K in keyof Mutation]: Mutation[K] } & { wanted: boolean } = {
        wanted: false,
        isSecondPass: false,
        askAgain: () => {
          pass.wanted = true;
        },
      };
      const object = await this.mutating.mutate?.(attributes, pass);
      if (!pass.wanted || object === undefined) return object;
      pass.isSecondPass = true;
      return this.mutating.mutate?.({ ...attributes, object }, pass);
    });
  }

  [Symbol.dispose](): void {
    this.#store.store[Symbol.dispose]();
  }

  #counted(store: ObjectReader): ObjectReader {
    return {
      synced: () => store.synced(),
      head: () => store.head(),
      get: (bucket, key, at) => {
        this.reads.push(`get ${bucket.resource}`);
        return store.get(bucket, key, at);
      },
      page: (options) => {
        this.reads.push(`page ${options.bucket.resource}`);
        return store.page(options);
      },
      count: (options) => store.count(options),
      generation: (selection) => {
        this.reads.push(`generation ${selection.bucket.resource}`);
        return store.generation(selection);
      },
      watch: (options, listener) => store.watch(options, listener),
      dependants: (options) => store.dependants(options),
      buckets: (cluster) => store.buckets(cluster),
      lookup: (options) => store.lookup(options),
      everything: (options) => store.everything(options),
      watchEverything: (options, listener) => store.watchEverything(options, listener),
    };
  }
}

const servesConfigMaps: PolicyResources = {
  kind: async (_cluster, { apiVersion, kind }) =>
    apiVersion === 'v1' && kind === 'ConfigMap'
      ? {
          bucket: { group: '', resource: 'configmaps' },
          namespaced: true,
          read: async (rows) => rows.map((row) => row.decode()),
        }
      : undefined,
  fields: () => CONFIG_MAP,
};

function about(): JsonObject {
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] };
  return { matchConstraints: { resourceRules: [rule] }, failurePolicy: 'Fail' };
}

async function attempt(
  fields: Partial<AdmissionAttributes>,
  run: (attributes: AdmissionAttributes) => Promise<KubeObject | undefined>,
): Promise<Asked> {
  const warnings: string[] = [];
  const annotations: Record<string, string> = {};
  const attributes = admissionAttributes({
    warn: (text) => void warnings.push(text),
    annotate: (key, value) => {
      annotations[key] ??= value;
    },
    ...fields,
  });
  try {
    return { error: undefined, object: await run(attributes), warnings, annotations };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { error, object: undefined, warnings, annotations };
  }
}
