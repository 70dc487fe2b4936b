import type { FieldError, Json, JsonObject } from '@kcp/api-machinery';
import { addErrors, byCodeUnit, isObject, own } from '@kcp/api-machinery';
import { compileCheck } from './check.ts';
import type { Check } from './check-context.ts';
import type { Decoder } from './decode.ts';
import { compileDecoder } from './decode.ts';
import {
  DECODE_APPLIED,
  DECODE_REQUEST,
  DECODE_STORED,
  DecodeRun,
  DEFAULT_ONLY,
  type DecodeSteps,
} from './decode-run.ts';
import { hasEmbeddedResources, validateEmbedded } from './embedded-resource.ts';
import { Findings } from './findings.ts';
import type { SchemaIdentity } from './fingerprint.ts';
import { identifySchema } from './fingerprint.ts';
import { compileListTypes } from './list-type.ts';
import { RuleSet } from './rules/rule-set.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** How `decode` treats metadata and type meta of embedded resources. */
export interface DecodeOptions {
  /** True for what comes from storage: members of a wrong type are dropped instead of refused. */
  readonly tolerant?: boolean;
  /** Nulls stay, unless a default takes their place. */
  readonly keepsNulls?: boolean;
}

/** What `decode` made of an object. */
export interface Decoded {
  /** The object itself where nothing had to change, else a copy. */
  readonly object: JsonObject;
  /** Paths of the dropped fields as field validation names them (`spec.list[0].x`), in the order it names them. */
  readonly unknownFields: readonly string[];
  /** Embedded type meta or metadata of a wrong type; the request is a bad one (400) where there is any. */
  readonly errors: readonly FieldError[];
}

/** A schema turned into closures, once; it holds no state of any object and may be shared by all who have equal schemas. */
export interface CompiledSchema {
  /** SHA-256 over the canonical schema and the compiler's version, in hex: equal for equal schemas. */
  readonly fingerprint: string;
  readonly schema: StructuralSchema;
  /** How many characters the schema's canonical JSON has: what a copy costs to keep, in one number. */
  readonly weight: number;
  /** The rules that are run on what the validations below found to be sound; undefined where there are none. */
  readonly rules: RuleSet | undefined;
  /**
   * Prunes unknown fields, drops or defaults nulls, coerces embedded resources and fills in defaults, in one pass. The
   * root's apiVersion, kind and metadata are not looked at. The input is not changed.
   */
  decode(object: JsonObject, options?: DecodeOptions): Decoded;
  /** Fills in defaults alone. The input is not changed. */
  default(object: JsonObject): JsonObject;
  /** Everything that is wrong with a new object, the root's metadata aside unless the schema restricts it. */
  validate(object: JsonObject): FieldError[];
  /** The same for an update: what was invalid before and did not change is tolerated (KEP-4008). */
  validateUpdate(object: JsonObject, old: JsonObject): FieldError[];
  /** The same for an update through the status sub-resource: only `status` is looked at. */
  validateStatusUpdate(object: JsonObject, old: JsonObject): FieldError[];
}

/**
 * Compiles a schema. Little is done at once: the closures of a node are made when the first value reaches it, so that a
 * schema of a megabyte costs what is used of it.
 */
export function compileSchema(schema: StructuralSchema): CompiledSchema {
  return new Compiled(schema);
}

function stepsOf(options: DecodeOptions = {}): DecodeSteps {
  if (options.tolerant === true) return DECODE_STORED;
  return options.keepsNulls === true ? DECODE_APPLIED : DECODE_REQUEST;
}

class Compiled implements CompiledSchema {
  readonly schema: StructuralSchema;
  readonly rules: RuleSet | undefined;
  readonly #decoder: Decoder;
  readonly #check: Check;
  readonly #status: StructuralSchema | undefined;
  readonly #checkStatus: Check | undefined;
  readonly #listTypes: ((value: Json) => FieldError[]) | undefined;
  readonly #embedded: boolean;
  #identity: SchemaIdentity | undefined;

  constructor(schema: StructuralSchema) {
    this.schema = schema;
    this.#decoder = compileDecoder(schema, true);
    this.#check = compileCheck(schema, false);
    this.#status = schema.properties.get('status');
    this.#checkStatus = this.#status === undefined ? undefined : compileCheck(this.#status, false);
    this.#listTypes = compileListTypes(schema);
    this.#embedded = hasEmbeddedResources(schema);
    this.rules = RuleSet.of(schema);
  }

  get fingerprint(): string {
    return this.#identified().fingerprint;
  }

  get weight(): number {
    return this.#identified().weight;
  }

  #identified(): SchemaIdentity {
    return (this.#identity ??= identifySchema(this.schema.stored));
  }

  decode(object: JsonObject, options?: DecodeOptions): Decoded {
    const run = new DecodeRun(stepsOf(options));
    const decoded = this.#walk(object, run);
    const unknownFields = [...run.pruned.sort(byCodeUnit), ...run.unknownMetadata.sort(byCodeUnit)];
    return { object: decoded, unknownFields, errors: run.errors };
  }

  default(object: JsonObject): JsonObject {
    return this.#walk(object, new DecodeRun(DEFAULT_ONLY));
  }

  validate(object: JsonObject): FieldError[] {
    const errors = this.#checked(this.#check, object, undefined);
    this.#validateEmbedded(object, errors);
    if (this.#listTypes !== undefined) addErrors(errors, this.#listTypes(object));
    return errors;
  }

  validateUpdate(object: JsonObject, old: JsonObject): FieldError[] {
    const errors = this.#checked(this.#check, object, old);
    this.#validateEmbedded(object, errors);
    this.#validateListTypes(object, old, errors);
    return errors;
  }

  validateStatusUpdate(object: JsonObject, old: JsonObject): FieldError[] {
    const status = own(object, 'status');
    const check = this.#checkStatus;
    const errors =
      status === undefined || check === undefined ? [] : this.#checked(check, status, own(old, 'status'), 'status');
    this.#validateListTypes(object, old, errors);
    return errors;
  }

  #walk(object: JsonObject, run: DecodeRun): JsonObject {
    const decoded = this.#decoder(object, run);
    return isObject(decoded) ? decoded : object;
  }

  /** Most updates are valid as they are: only where one is not, what stood there before is looked at. */
  #checked(check: Check, value: Json, old: Json | undefined, root?: string): FieldError[] {
    const findings = new Findings(root);
    check(value, undefined, findings);
    if (findings.count === 0 || old === undefined) return findings.errors();
    findings.forget(0);
    check(value, old, findings);
    return findings.errors();
  }

  #validateEmbedded(object: JsonObject, errors: FieldError[]): void {
    if (this.#embedded) addErrors(errors, validateEmbedded(object, '', this.schema));
  }

  #validateListTypes(object: JsonObject, old: JsonObject, errors: FieldError[]): void {
    if (this.#listTypes === undefined) return;
    const found = this.#listTypes(object);
    if (found.length > 0 && this.#listTypes(old).length === 0) addErrors(errors, found);
  }
}
