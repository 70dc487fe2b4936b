import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { Authorizer, UserInfo } from '@kcp/auth';
import { root, type LogicalCluster } from '@kcp/logical-cluster';
import { openTestStore, type TestStore } from '@kcp/object-store/testing';
import { createOutbound } from '@kcp/outbound';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { mutatingWebhooks } from '../webhooks/mutating.ts';
import { Patience } from '../webhooks/patience.ts';
import { validatingWebhooks } from '../webhooks/validating.ts';
import { admissionAttributes } from './admission-attributes.ts';

/** A webhook of a configuration that matches the creation of config maps, but for what is given. */
export function webhook(name: string, clientConfig: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    name: `${name}.example.com`,
    clientConfig,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    timeoutSeconds: 10,
    rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], scope: '*' }],
    ...more,
  };
}

/** Whom the plug-ins take for the server itself. */
export const ownUser: UserInfo = { name: 'own', uid: '', groups: [], extra: {} };

/** What came of asking the plug-ins. */
export interface Asked {
  readonly object: KubeObject | undefined;
  readonly warnings: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** A store with webhook configurations, and the plug-ins over it. */
export class WebhookWorld implements AsyncDisposable {
  readonly store: TestStore['store'];
  /** The time that plug-ins see, in milliseconds. */
  now = 0;
  readonly #parts: AsyncDisposableStack;
  readonly #plugins: { readonly mutating: AdmissionPlugin; readonly validating: AdmissionPlugin };

  private constructor(parts: AsyncDisposableStack, store: TestStore['store'], authorize: Authorizer) {
    this.#parts = parts;
    this.store = store;
    let uids = 0;
    const newUid = (): string => `uid-${(uids += 1)}`;
    const clock = (): number => this.now;
    const patience = new Patience({ isOwn: (user) => user === ownUser, clock });
    const deps = { store, outbound: parts.use(createOutbound()), authorize, newUid, clock, patience };
    this.#plugins = { mutating: mutatingWebhooks(deps), validating: validatingWebhooks(deps) };
  }

  static async open(authorize: Authorizer = () => ({ kind: 'noOpinion', reason: '' })): Promise<WebhookWorld> {
    const parts = new AsyncDisposableStack();
    const { backend, store } = await openTestStore();
    parts.use(backend);
    return new WebhookWorld(parts, parts.use(store), authorize);
  }

  /** Stores a configuration, in `root` unless said otherwise. */
  async configure(
    type: 'Mutating' | 'Validating',
    {
      name = 'config',
      webhooks,
      cluster = root,
    }: { name?: string; webhooks: readonly JsonObject[]; cluster?: LogicalCluster },
  ): Promise<void> {
    const bucket = { group: 'admissionregistration.k8s.io', resource: `${type.toLowerCase()}webhookconfigurations` };
    const key = { cluster, namespace: '', name };
    const object = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${type}WebhookConfiguration`,
      metadata: { name },
      webhooks,
    };
    const outcome = await this.store.commit([{ kind: 'create', bucket, key, object, fingerprint: '' }], []);
    if (outcome.kind !== 'committed') throw new Error(`not stored: ${outcome.kind}`);
  }

  /** Asks the plug-ins about the creation of a config map, but for what is given: mutating ones in as many passes as they want, then validating ones. */
  async ask(fields: Partial<AdmissionAttributes> = {}): Promise<Asked> {
    const warnings: string[] = [];
    const annotations: Record<string, string> = {};
    let attributes = admissionAttributes({
      warn: (text) => warnings.push(text),
      annotate: (key, value) => (annotations[key] ??= value),
      ...fields,
    });
    let isWanted = false;
    const mutation = {
      isSecondPass: false,
      askAgain: () => {
        isWanted = true;
      },
    };
    for (const isSecondPass of [false, true]) {
      if (isSecondPass && !isWanted) break;
      mutation.isSecondPass = isSecondPass;
      const object = await this.#plugins.mutating.mutate?.(attributes, mutation);
      if (object) attributes = { ...attributes, object };
    }
    await this.#plugins.validating.validate?.(attributes);
    return { object: attributes.object, warnings, annotations };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}
