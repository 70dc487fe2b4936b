import type { JsonObject, KubeObject, ObjectMeta } from '@kcp/api-machinery';
import { ApiError, isArray, isObject, parseJson, stringifyJson } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';

/**
 * A row is a header and the object's JSON, type meta first, then metadata, whose first member is an empty resourceVersion:
 *
 *     0  version of this format
 *     1  flags
 *     2  length of the fingerprint, 16 bits, little endian as all numbers here
 *     4  offset of the hole for the revision, in the row, 32 bits
 *     8  offset of the comma that ends the type meta, in the row, 32 bits
 *    12  fingerprint, then {"kind":…,"apiVersion":…,"metadata":{"resourceVersion":"","…
 */
const FORMAT = 1;
const HEADER_SIZE = 12;

const FINALIZERS = 1;
const OWNERS = 2;
const TERMINATING = 4;

/** The annotation by which clients of many logical clusters tell objects apart (kcp, logicalcluster.AnnotationKey). */
export const clusterAnnotation = 'kcp.io/cluster';

/** What a row's header says. Offsets are from the start of the row. */
export interface RowHeader {
  readonly flags: number;
  /** Where the fingerprint ends and the JSON begins. */
  readonly start: number;
  /** Where the revision's digits belong. */
  readonly hole: number;
  /** The comma before `"metadata"`. */
  readonly typeMetaEnd: number;
}

/** An object as it is to be stored. */
export interface EncodeOptions {
  readonly object: KubeObject;
  readonly fingerprint: string;
  /** Becomes the annotation `kcp.io/cluster`. */
  readonly cluster: LogicalCluster;
}

/** The row of an object, without its resourceVersion whatever that is. */
export function encodeRow({ object, fingerprint, cluster }: EncodeOptions): Buffer {
  const { metadata } = object;
  const typeMeta = `{"kind":${JSON.stringify(object.kind)},"apiVersion":${JSON.stringify(object.apiVersion)}`;
  const beforeHole = `${typeMeta},"metadata":{"resourceVersion":"`;
  const afterHole = `",${membersOf(storedMeta(metadata, cluster))}`;
  const rest = membersOf({ ...object, kind: undefined, apiVersion: undefined, metadata: undefined });
  const json = `${beforeHole}${afterHole}${rest === '}' ? rest : `,${rest}`}`;

  const start = HEADER_SIZE + Buffer.byteLength(fingerprint);
  if (start - HEADER_SIZE > 0xffff) throw new RangeError('a fingerprint has at most 65,535 bytes');
  const row = Buffer.allocUnsafe(start + Buffer.byteLength(json));
  row[0] = FORMAT;
  row[1] = flagsOf(metadata);
  row.writeUInt16LE(start - HEADER_SIZE, 2);
  row.writeUInt32LE(start + Buffer.byteLength(beforeHole), 4);
  row.writeUInt32LE(start + Buffer.byteLength(typeMeta), 8);
  row.write(fingerprint, HEADER_SIZE);
  row.write(json, start);
  return row;
}

/** Reads and checks a header; undefined where the bytes are no row of this format. */
export function readHeader(row: Buffer): RowHeader | undefined {
  if (row.length < HEADER_SIZE || row[0] !== FORMAT) return undefined;
  const start = HEADER_SIZE + row.readUInt16LE(2);
  const hole = row.readUInt32LE(4);
  const typeMetaEnd = row.readUInt32LE(8);
  const isInOrder = start < typeMetaEnd && typeMetaEnd < hole && hole < row.length;
  if (!isInOrder || row[typeMetaEnd] !== COMMA || row[hole] !== QUOTE) return undefined;
  return { flags: row[1] ?? 0, start, hole, typeMetaEnd };
}

/** The fingerprint that a row bears. */
export function readFingerprint(row: Buffer, header: RowHeader): string {
  return row.toString('utf8', HEADER_SIZE, header.start);
}

export function hasFinalizers({ flags }: RowHeader): boolean {
  return (flags & FINALIZERS) !== 0;
}

/**
 * metadata.finalizers of a row. It is the first list of that name behind the hole: metadata comes before everything else that may have one, and in
 * metadata nothing else has lists of names that are free to choose.
 */
export function readFinalizers(row: Buffer, header: RowHeader): readonly string[] {
  if (!hasFinalizers(header)) return [];
  const at = row.indexOf(FINALIZERS_MEMBER, header.hole);
  const start = at + FINALIZERS_MEMBER.length - 1;
  const read = at < 0 ? undefined : parseJson(row.toString('utf8', start, endOfList(row, start)));
  if (read === undefined || !isArray(read)) throw new TypeError('no finalizers where some are said to be');
  return read.filter((name) => typeof name === 'string');
}

const FINALIZERS_MEMBER = '"finalizers":[';

/** Behind the bracket that ends a list of texts; the end of the row where there is none. */
function endOfList(row: Buffer, start: number): number {
  let isText = false;
  for (let at = start; at < row.length; at++) {
    const byte = row[at];
    if (isText && byte === BACKSLASH) at++;
    else if (byte === QUOTE) isText = !isText;
    else if (!isText && byte === CLOSING_BRACKET) return at + 1;
  }
  return row.length;
}

export function hasOwners({ flags }: RowHeader): boolean {
  return (flags & OWNERS) !== 0;
}

export function isTerminating({ flags }: RowHeader): boolean {
  return (flags & TERMINATING) !== 0;
}

/** The object of a row, with its resourceVersion. Throws SyntaxError or TypeError where the bytes are no object. */
export function decodeRow(row: Buffer, header: RowHeader, resourceVersion: string): KubeObject {
  const object = parseJson(row.toString('utf8', header.start));
  if (!isObject(object) || !isObject(object['metadata'])) throw new TypeError('no object with metadata');
  const decoded = object as unknown as { readonly metadata: ObjectMeta } & KubeObject;
  decoded.metadata.resourceVersion = resourceVersion;
  return decoded;
}

/** What reading a row that makes no sense is answered with (k8s.io/apiserver storage.NewCorruptObjError). */
export function corruptRow(storageKey: string, why: string, cause?: unknown): ApiError {
  const message = `data from the storage is not decodable: ${storageKey}: ${why}`;
  return new ApiError('StoreReadError', message, cause === undefined ? {} : { cause });
}

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;

/** The metadata as it is stored: with the annotation of its logical cluster, without a resourceVersion. */
function storedMeta(metadata: Readonly<ObjectMeta>, cluster: LogicalCluster): JsonObject {
  const { annotations } = metadata;
  const complete =
    annotations?.[clusterAnnotation] === cluster ? annotations : { ...annotations, [clusterAnnotation]: cluster };
  return { ...metadata, resourceVersion: undefined, annotations: complete };
}

/** `"a":1,"b":2}`: an object's JSON without the brace that opens it. */
function membersOf(object: JsonObject): string {
  return stringifyJson(object).slice(1);
}

function flagsOf({ finalizers, ownerReferences, deletionTimestamp }: Readonly<ObjectMeta>): number {
  return (
    ((finalizers?.length ?? 0) > 0 ? FINALIZERS : 0) |
    ((ownerReferences?.length ?? 0) > 0 ? OWNERS : 0) |
    (deletionTimestamp === undefined ? 0 : TERMINATING)
  );
}
