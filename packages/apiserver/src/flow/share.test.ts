import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import { memorySockets, type Response } from '@kcp/http';
import type { Exchange } from '../exchange.ts';
import { Query } from '../request/query.ts';
import { readRequestInfo } from '../request/request-info.ts';
import type { Demand, FairShare, Flow, StreamKind } from './fair-share.ts';
import { flowOf, leave, refusalTurn, share, type ShareDeps } from './share.ts';

interface Asked {
  readonly demands: Demand[];
  readonly streams: [StreamKind, Flow][];
  released: number;
  refusals: number;
  passed: number;
}

/** Gives everybody what they want, and keeps a record. */
function generous(): { asked: Asked; deps: ShareDeps } {
  const asked: Asked = { demands: [], streams: [], released: 0, refusals: 0, passed: 0 };
  const seat = () => ({ release: () => void (asked.released += 1) });
  const fair: FairShare = {
    enter: (demand) => {
      asked.demands.push(demand);
      return seat();
    },
    pass: () => {
      asked.passed += 1;
      return undefined;
    },
    refuse: () => {
      asked.refusals += 1;
      return undefined;
    },
    open: (kind, flow) => {
      asked.streams.push([kind, flow]);
      return seat();
    },
  };
  const none = {
    store: { count: () => 0 },
    catalog: { of: () => ({ find: () => undefined }), across: () => undefined },
  };
  return { asked, deps: { ...(none as unknown as ShareDeps), fair } };
}

interface Who {
  readonly name?: string;
  readonly groups?: readonly string[];
  readonly protocol?: string;
}

function exchangeOf(method: string, path: string, { name = 'ann', groups = [], protocol = 'h2' }: Who = {}): Exchange {
  const info = readRequestInfo(method, path, { watch: path.includes('/watch'), selectedName: '' });
  const request = { method, path, protocol, header: () => undefined, signal: new AbortController().signal };
  const user = { name, groups, uid: '', extra: {} };
  return { info, query: Query.parse(''), request, user, cluster: 'blue' } as unknown as Exchange;
}

const MAP = '/api/v1/namespaces/default/configmaps/a';

describe('a request', () => {
  it('is of the flow of its user in its logical cluster', async () => {
    const { asked, deps } = generous();
    await share(exchangeOf('GET', MAP), deps);
    await share(exchangeOf('PUT', MAP), deps);
    expect(asked.demands).toMatchObject([
      { flow: { cluster: 'blue', user: 'ann' }, mutates: false },
      { flow: { cluster: 'blue', user: 'ann' }, mutates: true },
    ]);
  });

  it('without credentials is of one flow, whatever logical cluster it names', () => {
    const user = { name: 'system:anonymous', groups: [], uid: '', extra: {} };
    expect(flowOf(exchangeOf('GET', MAP, user))).toEqual(
      flowOf({ ...exchangeOf('GET', MAP), user, cluster: { kind: 'wildcard' } as never }),
    );
  });

  it('to all logical clusters is of a flow of its own', () => {
    const everywhere = { ...exchangeOf('GET', MAP), cluster: { kind: 'wildcard' } as never };
    expect(flowOf(everywhere)).toEqual({ cluster: '*', user: 'ann' });
  });

  it.each<[string, string, Who, number]>([
    ['of somebody in system:masters', MAP, { groups: ['system:masters'] }, 1],
    ['of a caller in the process', MAP, { protocol: 'in-process' }, 0],
    ['for the health of the server', '/livez', {}, 1],
    ['for one check of it', '/readyz/ping', {}, 1],
  ])('%s has no share, and waits for the next turn at most', async (_what, path, who, passed) => {
    const { asked, deps } = generous();
    const exchange = exchangeOf('GET', path, who);
    await share(exchange, deps);
    expect([asked.demands, asked.passed]).toEqual([[], passed]);
    expect(exchange.seat).toBeDefined();
  });

  it('goes on at once where nothing is shared out', () => {
    expect(
      share(exchangeOf('GET', MAP), { ...generous().deps, fair: undefined } as unknown as ShareDeps),
    ).toBeUndefined();
  });

  it('goes on when its turn has come', async () => {
    const { deps } = generous();
    const { promise, resolve } = Promise.withResolvers<{ release(): void }>();
    const exchange = exchangeOf('GET', MAP);
    const waiting = share(exchange, { ...deps, fair: { ...deps.fair, enter: () => promise } as FairShare });
    expect(exchange.seat).toBeUndefined();
    resolve({ release: () => {} });
    await waiting;
    expect(exchange.seat).toBeDefined();
  });
});

describe('somebody who is a master only where it is at home', () => {
  it('is exempt there and nowhere else', async () => {
    const { asked, deps } = generous();
    for (const cluster of ['home', 'blue']) {
      const exchange = exchangeOf('GET', MAP, { groups: ['system:masters'] });
      const extra = { 'authentication.kcp.io/scopes': ['cluster:home'] };
      await share({ ...exchange, cluster: cluster as never, user: { ...exchange.user, extra } }, deps);
    }
    expect(asked.demands.map(({ flow }) => flow.cluster)).toEqual(['blue']);
  });
});

describe('what a request holds', () => {
  const answer: Response = { status: 200, headers: {} };

  it('is given back with an answer that is there', async () => {
    const { asked, deps } = generous();
    const exchange = exchangeOf('GET', MAP);
    await share(exchange, deps);
    leave(exchange, answer);
    expect(asked.released).toBe(1);
  });

  it('of a watch is given back when the stream ends, also where it breaks', async () => {
    const { asked, deps } = generous();
    const exchange = exchangeOf('GET', '/api/v1/watch/configmaps');
    await share(exchange, deps);
    expect(asked.streams).toEqual([['watches', { cluster: 'blue', user: 'ann' }]]);
    const { body } = leave(exchange, { ...answer, body: () => Promise.reject(new Error('broken')) });
    expect(asked.released).toBe(0);
    if (typeof body !== 'function') throw new Error('it is a stream no longer');
    await expect(body({} as never)).rejects.toThrow('broken');
    expect(asked.released).toBe(2);
  });

  it('of a call is the call itself, until its conversation ends', async () => {
    const { asked, deps } = generous();
    const exchange = exchangeOf('GET', '/api/v1/namespaces/default/pods/p/exec');
    await share(exchange, deps);
    expect(asked.streams).toEqual([['calls', { cluster: 'blue', user: 'ann' }]]);
    expect(asked.demands).toEqual([]);
    const { upgrade } = leave(exchange, {
      ...answer,
      upgrade: { protocol: 'websocket', run: () => Promise.resolve() },
    });
    expect(asked.released).toBe(0);
    await upgrade?.run(memorySockets().server);
    expect(asked.released).toBe(1);
  });

  it('of a watch that is refused its turn is given back with the refusal', async () => {
    const { asked, deps } = generous();
    const exchange = exchangeOf('GET', '/api/v1/watch/configmaps');
    const fair = { ...deps.fair, enter: () => Promise.reject(new ApiError('TooManyRequests', 'no')) } as FairShare;
    await expect(share(exchange, { ...deps, fair })).rejects.toThrow('no');
    leave(exchange, { ...answer, status: 429 });
    expect(asked.released).toBe(1);
  });
});

describe('a refusal', () => {
  it('waits for its turn like everything else, but for those of who waited or is in the process', () => {
    const { asked, deps } = generous();
    const unauthorized = new ApiError('Unauthorized', 'Unauthorized');
    void refusalTurn(exchangeOf('GET', MAP), deps, unauthorized);
    expect(asked.refusals).toBe(1);
    void refusalTurn(exchangeOf('GET', MAP), deps, new ApiError('TooManyRequests', 'later'));
    void refusalTurn(exchangeOf('GET', MAP, { protocol: 'in-process' }), deps, unauthorized);
    void refusalTurn({ ...exchangeOf('GET', MAP), seat: { release: () => {} } }, deps, unauthorized);
    expect(asked.refusals).toBe(1);
  });
});
