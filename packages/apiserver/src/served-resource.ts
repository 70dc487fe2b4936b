import type { EquivalentKind } from '@kcp/admission';
import type {
  FieldError,
  GroupVersionKind,
  GroupVersionResource,
  Json,
  JsonObject,
  KubeObject,
} from '@kcp/api-machinery';
import type { UserInfo } from '@kcp/auth';
import type { Request, Response } from '@kcp/http';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket } from '@kcp/object-store';
import type { ApplySchema, MergeSchema, VersionedObject } from '@kcp/patch';
import type { ProtobufCodec } from '@kcp/protobuf';
import type { Span } from '@kcp/telemetry';
import type { Query } from './request/query.ts';

/** The verbs of a resource, as discovery lists them. */
export type ResourceVerb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** What the functions of a resource may know of the request that they serve. */
export interface WriteContext {
  readonly cluster: LogicalCluster;
  readonly user: UserInfo;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  /** The time of the request, RFC 3339 with seconds. */
  readonly now: string;
  /** Warning headers of the answer. */
  warn(text: string): void;
  /** Of a subject access review: the question is what somebody could, were they let in. */
  readonly isDeep?: boolean;
  /** Adds a fact to what is recorded of the request; absent where nothing is. */
  annotate?(key: string, value: string): void;
  /** The trace of the request: what may take long is a part of it. */
  readonly span?: Span | undefined;
}

/** An object as a client sent it, in this resource's version: typed, pruned, defaulted. */
export interface Decoded {
  readonly object: KubeObject;
  /** Paths that the schema does not know; the field validation says what becomes of them. */
  readonly unknownFields: readonly string[];
}

/** What is found out elsewhere. */
export type Examination = Promise<readonly FieldError[]> | undefined;

/** What an update of an object, or of a part of it, does beside what every update does. */
export interface UpdateStrategy {
  /** Takes over from the old object what this request may not change, raises the generation, … */
  prepareForUpdate?(object: KubeObject, old: KubeObject, context: WriteContext): KubeObject;
  /** What is wrong beyond metadata, which is checked before. */
  validateUpdate?(object: KubeObject, old: KubeObject, context: WriteContext): readonly FieldError[];
  /** What else is wrong, where finding out is so much work that it is done elsewhere; undefined where there is none of it. */
  examineUpdate?(object: KubeObject, old: KubeObject, context: WriteContext): Examination;
  /** Refuses by throwing an ApiError, after validation; for what needs to ask others (escalation checks). */
  authorizeUpdate?(object: KubeObject, old: KubeObject, context: WriteContext): void | Promise<void>;
  warningsOnUpdate?(object: KubeObject, old: KubeObject): readonly string[];
  /** An update is checked as a new object too: what is wrong with its metadata is told once more. */
  readonly validatesWholeMetadata?: boolean;
}

/** Where a type has rules of its own (k8s.io/apiserver rest.RESTCreateStrategy and RESTUpdateStrategy). */
export interface Strategy extends UpdateStrategy {
  prepareForCreate?(object: KubeObject, context: WriteContext): KubeObject;
  validateCreate?(object: KubeObject, context: WriteContext): readonly FieldError[];
  /** `found` is what is known to be wrong by then. */
  examineCreate?(object: KubeObject, context: WriteContext, found: readonly FieldError[]): Examination;
  authorizeCreate?(object: KubeObject, context: WriteContext): void | Promise<void>;
  warningsOnCreate?(object: KubeObject): readonly string[];
  /** What is wrong with a name; `prefix` when it is a generateName. Messages as k8s.io/apimachinery validation words them. */
  nameErrors(name: string, prefix: boolean): readonly string[];
  /** PUT to a missing name creates. */
  readonly createOnUpdate: boolean;
  /** PUT without a resourceVersion overwrites whatever is there. */
  readonly unconditionalUpdate: boolean;
  /** What a delete leaves behind where more than finalizers holds an object (a namespace's spec.finalizers); undefined: nothing holds it. */
  beginDelete?(object: KubeObject, context: WriteContext): KubeObject | undefined;
  /** Refuses a delete by throwing an ApiError. */
  validateDelete?(object: KubeObject, context: WriteContext): void | Promise<void>;
  /** True where something beside metadata.finalizers still holds an object that is being deleted. */
  isHeld?(object: KubeObject): boolean;
}

/** What is reached under `…/<name>/<subresource>`. */
export type Subresource =
  /** The same object, of which only a part changes: status, finalize, approval. */
  | {
      readonly kind: 'part';
      readonly strategy: UpdateStrategy;
      /** Absent: get, patch and update. */
      readonly verbs?: readonly ResourceVerb[];
    }
  /** autoscaling/v1 Scale over paths of the object, as JSON paths without the leading dot: `spec.replicas`. */
  | {
      readonly kind: 'scale';
      readonly specReplicasPath: string;
      readonly statusReplicasPath: string;
      readonly labelSelectorPath?: string;
      /** Where each version of the kind, by apiVersion, has its wanted replicas; null where it has no scale. */
      readonly replicasPaths: Readonly<Record<string, string | null>>;
    }
  /** Something that is answered, not stored: serviceaccounts/token. `parent` is the object it is asked of. */
  | {
      readonly kind: 'create';
      readonly produces: GroupVersionKind;
      readonly decode: (raw: JsonObject) => Decoded;
      /** Absent: nobody owns what is answered. */
      readonly ownership?: FieldOwnership;
      readonly answer: (parent: KubeObject, object: KubeObject, context: WriteContext) => Promise<KubeObject>;
      /** Absent: JSON and YAML only. */
      readonly protobuf?: ProtobufCodec;
    }
  /** Calls that are passed on or upgraded, neither stored nor decoded: exec, port-forward, proxy, tunnel (rest.Connecter). */
  | {
      readonly kind: 'connect';
      /** The kind that discovery names: PodExecOptions. */
      readonly produces: GroupVersionKind;
      /** Authorization asks for get (GET, HEAD), create (POST), update (PUT), patch, delete; an upgrade is a GET. */
      readonly methods: readonly ConnectMethod[];
      /** True where a path may follow: `…/proxy/a/b`. */
      readonly takesPath: boolean;
      /** The parameters of the query as an object of `produces`: what admission is shown. Throws BadRequest. */
      readonly decodeOptions: (query: Query) => JsonObject;
      /** Asked once everything before it has agreed. Who needs an upgrade asks `requireUpgrade`. Throws ApiError. */
      readonly connect: (call: ConnectCall) => Response | Promise<Response>;
    };

/** The methods that calls may be made with. */
export type ConnectMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** A call of a connect sub-resource. */
export interface ConnectCall {
  /** Its headers hold the caller's credentials: they are not for passing on. */
  readonly request: Request;
  /** What the client offers to speak, without what holds a credential. */
  readonly subprotocols: readonly string[];
  /** The object that is called. */
  readonly parent: KubeObject;
  readonly options: JsonObject;
  /** What follows the sub-resource in the path: empty, or `/` and segments, percent-encoded, none of them `.` or `..`. */
  readonly remainder: string;
  readonly context: WriteContext;
}

/** How the fields of a resource's objects are owned (KEP-555): what managed fields and server-side apply go by. */
export interface FieldOwnership {
  /** A new object without anything in it, as the kind has it. */
  readonly empty: JsonObject;
  /** How finely the fields are owned. Ask when it is needed, keep it no longer. */
  schema(): ApplySchema;
  /** Dotted paths of what a strategy takes back of a write, by the sub-resource written through; the object itself is the empty text. */
  readonly resetFields: Readonly<Record<string, readonly string[]>>;
  /** An object of this version in another one; undefined where that version is gone. Throws ApiError where it cannot be converted. */
  convert(object: JsonObject, apiVersion: string): VersionedObject | Promise<VersionedObject | undefined> | undefined;
}

/** One column of a Table (metav1.TableColumnDefinition) and how its cell is read. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
  /** `now` in milliseconds, for ages. */
  readonly cell: (object: KubeObject, now: number) => Json;
}

/** The OpenAPI definitions of a kind: `name` is the definition of the kind itself, the rest what it refers to by `#/components/schemas/…`. */
export interface OpenApiDefinitions {
  readonly name: string;
  readonly schemas: Readonly<Record<string, JsonObject>>;
}

/**
 * One resource in one version, as one logical cluster serves it: a record that is read, never probed for methods (STYLE 17).
 * Built-in and custom resources are the same to the handlers. Values are shared by all clusters that serve the same thing.
 */
export interface ServedResource {
  readonly gvr: GroupVersionResource;
  readonly kind: string;
  readonly listKind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Some texts and a few habits of the API differ between the two. */
  readonly origin: 'builtin' | 'custom';
  readonly bucket: Bucket;
  readonly verbs: readonly ResourceVerb[];
  /** Rows that bear it are served in this version byte by byte. */
  readonly fingerprint: string;
  /** What rows written through this resource bear: the storage version's fingerprint. */
  readonly storedFingerprint: string;
  readonly storageVersion: string;
  /** Throws ApiError BadRequest where a value is of the wrong type and the kind is built in. */
  decode(raw: JsonObject): Decoded;
  /** What an apply made of an object; absent: it is read as a body is. Throws ApiError BadRequest. */
  decodeApplied?(merged: JsonObject): KubeObject;
  /** Into the version and form that is stored. */
  toStored(object: KubeObject): KubeObject | Promise<KubeObject>;
  /** Stored objects of another fingerprint in this version: converted, pruned, defaulted. Throws for all if one cannot be. */
  fromStored(objects: readonly KubeObject[]): readonly KubeObject[] | Promise<readonly KubeObject[]>;
  /** The other served versions of the same objects, the best first; absent where there are none. */
  equivalents?(): readonly EquivalentKind[];
  readonly strategy: Strategy;
  readonly subresources: Readonly<Record<string, Subresource>>;
  /** For a resource that is answered and not stored (reviews); then `verbs` is create only. */
  readonly answer?: (object: KubeObject, context: WriteContext) => Promise<KubeObject>;
  readonly columns: readonly TableColumn[];
  /** Fields beside metadata.name and metadata.namespace that field selectors may name, and how they are read. */
  readonly selectableFields: Readonly<Record<string, (object: KubeObject) => string>>;
  /** For strategic merge patches; absent: not accepted (415). */
  readonly mergeSchema?: MergeSchema;
  /** Absent for what is answered and not stored: nobody owns its fields, nothing is applied. */
  readonly ownership?: FieldOwnership;
  /** Of objects in this version, as `decode` takes and answers have them; absent: JSON and YAML only. */
  readonly protobuf?: ProtobufCodec;
  openApi(): OpenApiDefinitions;
  /** A Warning header on every request; absent: not deprecated. */
  readonly deprecation?: string;
  /** Discovery's storageVersionHash; absent where none is given. */
  readonly storageVersionHash?: string;
  /**
   * The definition that a custom resource is made of, and a hash of what watches of it depend on: a watch ends when the hash
   * changes or the definition goes. Absent for what is built in.
   */
  readonly definition?: {
    readonly bucket: Bucket;
    readonly name: string;
    readonly hash: string;
    /** Where the definition is; absent: where the resource is served. */
    readonly cluster?: LogicalCluster;
  };
  /** Of which objects the resource is: the others are not there. Absent: all in the bucket. Shows what is stored, in the version that is stored. */
  readonly visible?: (object: KubeObject) => boolean;
  /** True while writes of new objects are refused because the definition is being deleted. */
  readonly terminating?: boolean;
}
