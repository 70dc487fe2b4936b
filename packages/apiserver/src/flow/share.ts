import { ApiError } from '@kcp/api-machinery';
import { ANONYMOUS, isEffectivelyIn, MASTERS, type UserInfo } from '@kcp/auth';
import type { Response, Upgrade } from '@kcp/http';
import type { Exchange } from '../exchange.ts';
import { isLongRunning } from '../auditing.ts';
import { afterStream } from '../stream-end.ts';
import { freeSeat, type FairShare, type Flow } from './fair-share.ts';
import { sizeOf, type SizingDeps } from './request-size.ts';

/** What the sharing out of requests is made of. */
export interface ShareDeps extends SizingDeps {
  /** Absent: no request waits, and none is refused. */
  readonly fair?: FairShare;
}

/** No logical clusters have these names. */
const EVERYWHERE = '*';
const NOBODYS = '(anonymous)';

/**
 * Waits until it is the request's turn. Who may not do what it asks for was refused before: else strangers could use up the share of a
 * logical cluster in which they have no rights (upstream shares out before it authorizes). Throws ApiError TooManyRequests.
 */
export function share(exchange: Exchange, deps: ShareDeps): void | Promise<void> {
  const { fair } = deps;
  const { request } = exchange;
  if (fair === undefined) return;
  if (isExempt(exchange)) {
    exchange.seat = freeSeat;
    return request.protocol === 'in-process' ? undefined : fair.pass();
  }
  const flow = flowOf(exchange);
  const { info } = exchange;
  if (isLongRunning(info)) {
    exchange.stream = fair.open(info.kind === 'resource' && info.verb === 'watch' ? 'watches' : 'calls', flow);
    // as upstream: how long a call takes, and what it costs, is the business of who is called
    if (info.verb !== 'watch') return;
  }
  const mutates = info.kind === 'resource' && !READS.has(info.verb);
  const seat = fair.enter({ flow, mutates, ...sizeOf(exchange, deps), signal: () => request.signal });
  if (!(seat instanceof Promise)) {
    exchange.seat = seat;
    return;
  }
  return seat.then((given) => {
    exchange.seat = given;
  });
}

const READS: ReadonlySet<string> = new Set(['get', 'list', 'watch']);
const HEALTH: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);

/**
 * Those who put things right again when nothing goes any more, and the question whether it does (upstream's schemas `exempt` and
 * `probes`); and callers in this process, who have bounds of their own.
 */
function isExempt({ info, user, request, cluster }: Exchange): boolean {
  if (request.protocol === 'in-process') return true;
  // somebody confined to one logical cluster is nobody's master elsewhere
  if (user.groups.includes(MASTERS) && (typeof cluster !== 'string' || isEffectivelyIn(user, cluster, MASTERS)))
    return true;
  return info.kind === 'path' && (HEALTH.has(info.path) || /^\/(healthz|livez|readyz)\//.test(info.path));
}

/** Whose request it is. Who shows no credentials is the same everywhere: names of logical clusters are there for the asking. */
export function flowOf({ cluster, user }: { readonly cluster: Exchange['cluster']; readonly user: UserInfo }): Flow {
  if (user.name === ANONYMOUS) return { cluster: NOBODYS, user: ANONYMOUS };
  return { cluster: typeof cluster === 'string' ? cluster : EVERYWHERE, user: user.name };
}

/** What was thrown before the request had a seat is told in its turn: refusals cost too. */
export function refusalTurn(exchange: Exchange, { fair }: ShareDeps, thrown: unknown): Promise<void> | undefined {
  if (fair === undefined || exchange.seat !== undefined || exchange.request.protocol === 'in-process') return undefined;
  // has waited already
  if (thrown instanceof ApiError && thrown.reason === 'TooManyRequests') return undefined;
  return fair.refuse(() => exchange.request.signal);
}

/** Gives back what a request holds, with its answer or with the end of what is streamed. Gives the answer to go on with. */
export function leave(exchange: Exchange, response: Response): Response {
  const { seat, stream } = exchange;
  if ((seat === undefined || seat === freeSeat) && stream === undefined) return response;
  const giveBack = (): void => {
    seat?.release();
    stream?.release();
  };
  if (typeof response.body === 'function') return afterStream(response, giveBack);
  if (response.upgrade) return { ...response, upgrade: afterConversation(response.upgrade, giveBack) };
  giveBack();
  return response;
}

function afterConversation(upgrade: Upgrade, ended: () => void): Upgrade {
  return {
    ...upgrade,
    run: async (socket) => {
      try {
        await upgrade.run(socket);
      } finally {
        ended();
      }
    },
  };
}
