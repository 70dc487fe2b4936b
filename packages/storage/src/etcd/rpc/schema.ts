/**
 * The part of etcd's gRPC API that the backend calls, as tables of field numbers (etcd API v3: api/etcdserverpb/rpc.proto,
 * api/mvccpb/kv.proto). What is not named here is skipped when it is read.
 */

const field = (id: number, type: string) => ({ id, type });
const many = (id: number, type: string) => ({ id, type, rule: 'repeated' });
const message = (fields: Readonly<Record<string, ReturnType<typeof field>>>) => ({ fields });

/** A message of which at most one field is there; fields that are always there come second. */
const oneOf = (
  name: string,
  choices: Readonly<Record<string, ReturnType<typeof field>>>,
  fields: Readonly<Record<string, ReturnType<typeof field>>> = {},
) => ({ fields: { ...fields, ...choices }, oneofs: { [name]: { oneof: Object.keys(choices) } } });

const header = field(1, 'ResponseHeader');

const messages = {
  ResponseHeader: message({ clusterId: field(1, 'uint64'), revision: field(3, 'int64') }),
  KeyValue: message({
    key: field(1, 'bytes'),
    createRevision: field(2, 'int64'),
    modRevision: field(3, 'int64'),
    value: field(5, 'bytes'),
    lease: field(6, 'int64'),
  }),
  EventType: { values: { PUT: 0, DELETE: 1 } },
  Event: message({ type: field(1, 'EventType'), kv: field(2, 'KeyValue') }),
  RangeRequest: message({
    key: field(1, 'bytes'),
    rangeEnd: field(2, 'bytes'),
    limit: field(3, 'int64'),
    revision: field(4, 'int64'),
    serializable: field(7, 'bool'),
    keysOnly: field(8, 'bool'),
    countOnly: field(9, 'bool'),
  }),
  RangeResponse: message({ header, kvs: many(2, 'KeyValue'), more: field(3, 'bool'), count: field(4, 'int64') }),
  PutRequest: message({ key: field(1, 'bytes'), value: field(2, 'bytes'), lease: field(3, 'int64') }),
  PutResponse: message({ header }),
  DeleteRangeRequest: message({ key: field(1, 'bytes'), rangeEnd: field(2, 'bytes') }),
  DeleteRangeResponse: message({ header, deleted: field(2, 'int64') }),
  RequestOp: oneOf('request', {
    range: field(1, 'RangeRequest'),
    put: field(2, 'PutRequest'),
    delete: field(3, 'DeleteRangeRequest'),
  }),
  ResponseOp: oneOf('response', {
    range: field(1, 'RangeResponse'),
    put: field(2, 'PutResponse'),
    delete: field(3, 'DeleteRangeResponse'),
  }),
  CompareResult: { values: { EQUAL: 0, GREATER: 1, LESS: 2, NOT_EQUAL: 3 } },
  CompareTarget: { values: { VERSION: 0, CREATE: 1, MOD: 2, VALUE: 3, LEASE: 4 } },
  Compare: oneOf(
    'operand',
    {
      createRevision: field(5, 'int64'),
      modRevision: field(6, 'int64'),
      value: field(7, 'bytes'),
    },
    {
      result: field(1, 'CompareResult'),
      target: field(2, 'CompareTarget'),
      key: field(3, 'bytes'),
      rangeEnd: field(64, 'bytes'),
    },
  ),
  TxnRequest: message({ compare: many(1, 'Compare'), success: many(2, 'RequestOp'), failure: many(3, 'RequestOp') }),
  TxnResponse: message({ header, succeeded: field(2, 'bool'), responses: many(3, 'ResponseOp') }),
  CompactionRequest: message({ revision: field(1, 'int64'), physical: field(2, 'bool') }),
  CompactionResponse: message({ header }),
  WatchCreateRequest: message({
    key: field(1, 'bytes'),
    rangeEnd: field(2, 'bytes'),
    startRevision: field(3, 'int64'),
    progressNotify: field(4, 'bool'),
  }),
  WatchRequest: oneOf('request', { create: field(1, 'WatchCreateRequest') }),
  WatchResponse: message({
    header,
    created: field(3, 'bool'),
    canceled: field(4, 'bool'),
    compactRevision: field(5, 'int64'),
    cancelReason: field(6, 'string'),
    events: many(11, 'Event'),
  }),
  LeaseGrantRequest: message({ TTL: field(1, 'int64') }),
  LeaseGrantResponse: message({ header, ID: field(2, 'int64'), TTL: field(3, 'int64') }),
  LeaseRevokeRequest: message({ ID: field(1, 'int64') }),
  LeaseRevokeResponse: message({ header }),
  LeaseKeepAliveRequest: message({ ID: field(1, 'int64') }),
  LeaseKeepAliveResponse: message({ header, ID: field(2, 'int64'), TTL: field(3, 'int64') }),
};

const method = (name: string) => ({ requestType: `${name}Request`, responseType: `${name}Response` });
const stream = (name: string) => ({ ...method(name), requestStream: true, responseStream: true });

const services = {
  KV: {
    methods: { Range: method('Range'), Txn: method('Txn'), Compact: method('Compaction') },
  },
  Watch: { methods: { Watch: stream('Watch') } },
  Lease: {
    methods: {
      LeaseGrant: method('LeaseGrant'),
      LeaseRevoke: method('LeaseRevoke'),
      LeaseKeepAlive: stream('LeaseKeepAlive'),
    },
  },
};

/** In the form that protobufjs reads. */
export const schema = { nested: { etcdserverpb: { nested: { ...messages, ...services } } } };
