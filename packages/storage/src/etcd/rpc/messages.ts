/** etcd's messages as the codec gives and takes them. 64-bit numbers are texts where they come from etcd. */

/** Of every answer. */
export interface Header {
  readonly clusterId: string;
  readonly revision: string;
}

export interface KeyValue {
  readonly key: Buffer;
  readonly createRevision: string;
  readonly modRevision: string;
  readonly value: Buffer;
}

export interface WatchEvent {
  readonly type: 'PUT' | 'DELETE';
  readonly kv: KeyValue;
}

export interface RangeRequest {
  readonly key: Buffer;
  readonly rangeEnd?: Buffer;
  readonly limit?: number;
  readonly revision?: number;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
}

export interface RangeResponse {
  readonly header: Header;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: string;
}

export interface PutRequest {
  readonly key: Buffer;
  readonly value: Uint8Array;
  readonly lease?: string;
}

/** One operation of a transaction. */
export type RequestOp =
  | { readonly range: RangeRequest }
  | { readonly put: PutRequest }
  | { readonly delete: { readonly key: Buffer } };

/** What a transaction depends on. */
export type Compare = {
  readonly key: Buffer;
  readonly rangeEnd?: Buffer;
  readonly result: 'EQUAL' | 'GREATER';
} & (
  | { readonly target: 'MOD'; readonly modRevision: number }
  | { readonly target: 'CREATE'; readonly createRevision: number }
  | { readonly target: 'VALUE'; readonly value: Uint8Array }
);

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: Header;
  readonly succeeded: boolean;
  readonly responses: readonly { readonly range?: RangeResponse | null }[];
}

export interface WatchRequest {
  readonly create: {
    readonly key: Buffer;
    readonly rangeEnd: Buffer;
    readonly startRevision: number;
    readonly progressNotify: boolean;
  };
}

export interface WatchResponse {
  readonly header: Header;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compactRevision: string;
  readonly cancelReason: string;
  readonly events: readonly WatchEvent[];
}

export interface LeaseGrantResponse {
  readonly header: Header;
  readonly ID: string;
  readonly TTL: string;
}

export interface LeaseKeepAliveResponse {
  readonly header: Header;
  readonly ID: string;
  readonly TTL: string;
}

/** The calls with one answer. */
export interface Calls {
  readonly Range: { readonly request: RangeRequest; readonly response: RangeResponse };
  readonly Txn: { readonly request: TxnRequest; readonly response: TxnResponse };
  readonly Compact: { readonly request: { readonly revision: number }; readonly response: { readonly header: Header } };
  readonly LeaseGrant: { readonly request: { readonly TTL: number }; readonly response: LeaseGrantResponse };
  readonly LeaseRevoke: { readonly request: { readonly ID: string }; readonly response: { readonly header: Header } };
}

/** The calls that are streams both ways. */
export interface Streams {
  readonly Watch: { readonly request: WatchRequest; readonly response: WatchResponse };
  readonly LeaseKeepAlive: {
    readonly request: { readonly ID: string };
    readonly response: LeaseKeepAliveResponse;
  };
}
