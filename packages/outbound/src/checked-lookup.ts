import type { LookupFunction } from 'node:net';
import { lookup } from 'node:dns/promises';
import type { OutboundFailure } from './failure.ts';
import type { AddressCheck } from './policy.ts';

/** All addresses of a host name. Rejects with getaddrinfo's error. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** The system's resolver, with /etc/hosts. */
export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

/** A failure on its way through Node's callbacks. */
export class FailureSignal extends Error {
  readonly failure: OutboundFailure;

  constructor(failure: OutboundFailure, cause?: unknown) {
    super(failure.kind, { cause });
    this.failure = failure;
  }
}

/** What connections are made with. */
export interface CheckedLookup {
  /** Resolves and checks; what it gives is what is connected to, so a name cannot mean two things (DNS rebinding). */
  readonly lookup: LookupFunction;
  /** Settles when no resolving is under way any more. */
  settled(): Promise<void>;
}

/** A lookup that gives a socket only addresses that may be called. Fails with FailureSignal. */
export function checkedLookup(resolve: Resolve, isAllowed: AddressCheck): CheckedLookup {
  let pending: Promise<unknown> = Promise.resolve();
  const find = async (host: string): Promise<Found> => {
    let addresses: readonly string[];
    try {
      addresses = await resolve(host);
    } catch (error) {
      throw new FailureSignal({ kind: 'unresolved', host, code: codeOf(error) }, error);
    }
    const allowed = addresses.filter(isAllowed);
    const [first] = addresses;
    if (first === undefined) throw new FailureSignal({ kind: 'unresolved', host, code: 'ENOTFOUND' });
    if (allowed.length === 0) throw new FailureSignal({ kind: 'denied', host, address: first });
    return allowed.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return {
    lookup: (host, { all }, callback) => {
      const found = find(host);
      pending = Promise.allSettled([pending, found]);
      void hand(found, all === true, callback);
    },
    settled: async () => {
      await pending;
    },
  };
}

type Found = readonly { readonly address: string; readonly family: number }[];

/** Gives what was found to Node, in the shape that it asked for. */
async function hand(finding: Promise<Found>, all: boolean, callback: Parameters<LookupFunction>[2]): Promise<void> {
  let found: Found;
  try {
    found = await finding;
  } catch (error) {
    callback(error as FailureSignal, '');
    return;
  }
  const [{ address, family } = { address: '', family: 4 }] = found;
  if (all) callback(null, [...found]);
  else callback(null, address, family);
}

/** getaddrinfo's code. Errors may come from another realm: no `instanceof`. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'ENOTFOUND';
}
