import { notFound, type KubeObject } from '@kcp/api-machinery';
import type { Authorizer } from '@kcp/auth';
import type { Value } from '@kcp/cel';
import type { ObjectReader } from '@kcp/object-store';
import type { AdmissionAttributes } from '../admission.ts';
import { Effort } from '../expression/effort.ts';
import { Evaluation, type EvaluationOptions } from '../expression/evaluation.ts';
import type { Match } from '../matching/match.ts';
import { RequestAuthorizer } from '../matching/request-authorizer.ts';
import { namespaceValue, objectValue, requestValue } from '../matching/request-value.ts';
import type { FindNamespace } from '../matching/selectors.ts';

/** What a policy is shown of one request, in the version that it matches. */
export interface RequestView {
  readonly match: Match;
  readonly request: Value;
  readonly object: Value;
  readonly oldObject: Value;
}

/** What is different from one evaluation to the next. */
export interface EvaluationPart extends Pick<EvaluationOptions, 'variables' | 'budget'> {
  readonly params: KubeObject | undefined;
  /** Conditions see none. */
  readonly seesNamespace: boolean;
}

/** One request as policies see it: converted once for each version, its rights asked once. */
export class SeenRequest {
  readonly attributes: AdmissionAttributes;
  readonly #find: FindNamespace;
  readonly #authorizer: RequestAuthorizer;
  readonly #views = new Map<string, RequestView>();
  readonly #effort = new Effort();
  #namespace: Value | undefined;

  constructor(attributes: AdmissionAttributes, authorize: Authorizer, find: FindNamespace) {
    this.attributes = attributes;
    this.#find = find;
    this.#authorizer = new RequestAuthorizer(attributes, authorize);
  }

  /** The request in the version of a match. Throws ApiError where an object cannot be converted. */
  async view(match: Match): Promise<RequestView> {
    const key = `${match.kind.group}/${match.kind.version}/${match.kind.kind}`;
    const known = this.#views.get(key);
    if (known) return known;
    const { object, oldObject } = this.attributes;
    const view: RequestView = {
      match,
      request: requestValue(this.attributes, match),
      object: objectValue(await converted(object, match)),
      oldObject: objectValue(await converted(oldObject, match)),
    };
    this.#views.set(key, view);
    return view;
  }

  /** The same view with an object that has changed meanwhile. */
  async changed(view: RequestView, object: KubeObject): Promise<RequestView> {
    return { ...view, object: objectValue(await converted(object, view.match)) };
  }

  /** Throws NotFound where the namespace is gone. */
  evaluation(view: RequestView, { params, seesNamespace, ...rest }: EvaluationPart): Evaluation {
    const { request, object, oldObject } = view;
    const namespaceObject = seesNamespace ? this.#namespaceObject() : null;
    return new Evaluation({
      ...rest,
      inputs: { request, object, oldObject, namespaceObject, params: objectValue(params) },
      authorizer: this.#authorizer,
      effort: this.#effort,
    });
  }

  #namespaceObject(): Value {
    this.#namespace ??= this.#readNamespace();
    return this.#namespace;
  }

  #readNamespace(): Value {
    const { kind, namespace, cluster } = this.attributes;
    const isNamespace = kind.group === '' && kind.version === 'v1' && kind.kind === 'Namespace';
    if (isNamespace || namespace === '') return null;
    const found = this.#find(cluster, namespace);
    if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
    return namespaceValue(found);
  }
}

async function converted(object: KubeObject | undefined, { equivalent }: Match): Promise<KubeObject | undefined> {
  return object === undefined || equivalent === undefined ? object : equivalent.to(object);
}

/** Namespaces as the store has them. */
export function storedNamespaces(store: ObjectReader): FindNamespace {
  return (cluster, name) =>
    store.get({ group: '', resource: 'namespaces' }, { cluster, namespace: '', name })?.decode();
}
