import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { clone, isArray, put } from '@kcp/api-machinery';
import type { DecodeRun } from './decode-run.ts';
import { coerceMember, isTypeOrObjectMeta } from './embedded-resource.ts';
import { pruneAll } from './prune-all.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Makes of a value what the schema wants it to be; the value itself where nothing changes. */
export type Decoder = (value: JsonObject | readonly Json[], run: DecodeRun) => Json;

/** A place for a value: a member of an object or the items of a list. */
interface Slot {
  readonly nullable: boolean;
  readonly hasDefault: boolean;
  readonly extra: boolean;
  /** A fresh copy of the default, itself complete. */
  makeDefault(run: DecodeRun): Json;
  readonly decode: Decoder;
}

/** Stands for a member that is to be dropped. */
const DROPPED = Symbol('dropped');

/** How a node is looked at beside what it says itself. */
interface NodeContext {
  /** True for items of a list that keeps unknown fields: they keep them too. */
  readonly keepsUnknown: boolean;
  /** True for the root of a resource: its type meta and metadata are left alone. */
  readonly root: boolean;
}

/** Compiles a schema into a walk that prunes, drops nulls, coerces embedded resources and fills in defaults. */
export function compileDecoder(schema: StructuralSchema, root: boolean): Decoder {
  return compileNode(schema, { keepsUnknown: false, root });
}

function compileNode(schema: StructuralSchema, context: NodeContext): Decoder {
  const keepsUnknown = context.keepsUnknown || schema.preserveUnknownFields === true;
  let decodeObject: ((value: JsonObject, run: DecodeRun) => Json) | undefined;
  let decodeList: ((value: readonly Json[], run: DecodeRun) => Json) | undefined;
  return (value, run) => {
    if (isArray(value)) return (decodeList ??= compileList(schema, keepsUnknown))(value, run);
    return (decodeObject ??= compileObject(schema, keepsUnknown, context.root))(value, run);
  };
}

function compileSlot(schema: StructuralSchema, extra: boolean, keepsUnknown = false): Slot {
  const decode = compileNode(schema, { keepsUnknown, root: false });
  const given = schema.default;
  let complete: Json | undefined;
  return {
    nullable: schema.nullable,
    hasDefault: given !== undefined,
    extra,
    decode,
    makeDefault(run) {
      if (given === undefined || typeof given !== 'object' || given === null) return given ?? null;
      complete ??= decode(given, run.forDefault());
      return clone(complete);
    },
  };
}

function compileList(schema: StructuralSchema, keepsUnknown: boolean) {
  const slot = schema.items === undefined ? undefined : compileSlot(schema.items, false, keepsUnknown);
  return (value: readonly Json[], run: DecodeRun): Json => {
    if (slot === undefined) return keepsUnknown || !run.steps.prune ? value : pruneAll(value, run);
    let changed: Json[] | undefined;
    for (let at = 0; at < value.length; at++) {
      const item = value[at] ?? null;
      const next = decodeItem(item, at, slot, run);
      if (next === item) continue;
      changed ??= [...value];
      changed[at] = next;
    }
    return changed ?? value;
  };
}

function decodeItem(item: Json, at: number, slot: Slot, run: DecodeRun): Json {
  if (typeof item !== 'object') return item;
  if (item === null && (slot.nullable || !slot.hasDefault || !run.steps.defaults)) return null;
  run.enter(at, false);
  const next = item === null ? slot.makeDefault(run) : slot.decode(item, run);
  run.leave();
  return next;
}

type FindSlot = (name: string) => Slot | undefined;

/** Slots of members, each compiled when it is first met. */
function compileSlots(schema: StructuralSchema): FindSlot {
  const { properties, additionalProperties } = schema;
  const slots = new Map<string, Slot>();
  let rest: Slot | undefined;
  return (name) => {
    const known = slots.get(name);
    if (known !== undefined) return known;
    const property = properties.get(name);
    if (property !== undefined) {
      const slot = compileSlot(property, false);
      slots.set(name, slot);
      return slot;
    }
    if (typeof additionalProperties !== 'object') return undefined;
    return (rest ??= compileSlot(additionalProperties, true));
  };
}

type MemberDecoder = (name: string, value: Json, run: DecodeRun) => Json | typeof DROPPED;

function compileObject(schema: StructuralSchema, keepsUnknown: boolean, root: boolean) {
  const find = compileSlots(schema);
  const decodeMember = compileMember(schema, find, { keepsUnknown, root });
  const defaulted = [...schema.properties]
    .filter(([, property]) => property.default !== undefined)
    .map(([name]) => name);

  return (value: JsonObject, run: DecodeRun): Json => {
    let changed: MutableJsonObject | undefined;
    for (const name in value) {
      const member = value[name];
      if (member === undefined) continue;
      const next = decodeMember(name, member, run);
      if (changed === undefined) {
        if (next === member) continue;
        changed = copyBefore(value, name);
      }
      if (next !== DROPPED) put(changed, name, next);
    }
    if (!run.steps.defaults) return changed ?? value;
    for (const name of defaulted) {
      const slot = find(name);
      if (slot === undefined || Object.hasOwn(changed ?? value, name)) continue;
      run.enter(name, false);
      put((changed ??= { ...value }), name, slot.makeDefault(run));
      run.leave();
    }
    return changed ?? value;
  };
}

function compileMember(schema: StructuralSchema, find: FindSlot, context: NodeContext): MemberDecoder {
  const { root } = context;
  const embedded = schema.embeddedResource;
  const decodeUnknown = compileUnknown(schema, context.keepsUnknown);
  return (name, value, run) => {
    const meta = (root || embedded) && isTypeOrObjectMeta(name);
    if (root && meta) return value;
    const slot = find(name);
    const given = meta ? coerceMember(name, value, run) : value;
    if (given === undefined) return DROPPED;
    if (slot === undefined) return meta ? given : decodeUnknown(name, given, run);
    return meta ? run.inMetadata(() => decodeKnown(name, given, slot, run)) : decodeKnown(name, given, slot, run);
  };
}

function decodeKnown(name: string, value: Json, slot: Slot, run: DecodeRun): Json | typeof DROPPED {
  if (typeof value !== 'object') return value;
  if (value === null) return decodeNull(name, slot, run);
  run.enter(name, slot.extra);
  const next = slot.decode(value, run);
  run.leave();
  return next;
}

function compileUnknown(schema: StructuralSchema, keepsUnknown: boolean): MemberDecoder {
  // additionalProperties without a schema keeps the members, but nothing inside them.
  const emptiesUnknown = typeof schema.additionalProperties === 'boolean';
  return (name, value, run) => {
    if (!run.steps.prune) return value;
    if (emptiesUnknown) {
      if (typeof value !== 'object' || value === null) return value;
      run.enter(name, true);
      const emptied = pruneAll(value, run);
      run.leave();
      return emptied;
    }
    if (keepsUnknown) return value;
    run.pruned.push(run.memberPath(name));
    return DROPPED;
  };
}

function copyBefore(value: JsonObject, end: string): MutableJsonObject {
  const copy: MutableJsonObject = {};
  for (const name in value) {
    if (name === end) break;
    const member = value[name];
    if (member !== undefined) put(copy, name, member);
  }
  return copy;
}

function decodeNull(name: string, slot: Slot, run: DecodeRun): Json | typeof DROPPED {
  if (slot.nullable) return null;
  if (!slot.hasDefault) return run.steps.dropNulls ? DROPPED : null;
  if (!run.steps.defaults) return null;
  run.enter(name, slot.extra);
  const fresh = slot.makeDefault(run);
  run.leave();
  return fresh;
}
