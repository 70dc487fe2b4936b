import { expect, it } from '@jest/globals';
import type { Backend } from '../backend.ts';
import type { Term } from '../leadership.ts';
import { startCuttingProxy } from '../testing/etcd/cutting-proxy.ts';
import { describeWithEtcd } from './testing/etcd-tests.ts';

/** One candidate, and what it tells. */
const candidate = (backend: Backend, role = 'work') => {
  const began = Promise.withResolvers<Term>();
  const ended = Promise.withResolvers<void>();
  const campaign = backend.leadership.campaign(role, async (term) => {
    began.resolve(term);
    return {
      [Symbol.asyncDispose]: async () => ended.resolve(),
    };
  });
  return { began: began.promise, ended: ended.promise, campaign };
};

await describeWithEtcd('a role', ({ etcd, open, prefix }) => {
  it('is one server’s at a time, and the next one’s as soon as it is given back', async () => {
    const shared = prefix();
    await using one = await open({ prefix: shared });
    await using other = await open({ prefix: shared });
    const first = candidate(one);
    const term = await first.began;
    const second = candidate(other);
    expect(await Promise.race([second.began, (other.synced() ?? Promise.resolve()).then(() => 'nobody')])).toBe(
      'nobody',
    );
    expect(term.signal.aborted).toBe(false);
    await first.campaign[Symbol.asyncDispose]();
    await first.ended;
    expect(term.signal.aborted).toBe(true);
    const next = await second.began;
    expect(next.holder).not.toBe(term.holder);
    await second.campaign[Symbol.asyncDispose]();
  });

  it('is independent of other roles', async () => {
    await using backend = await open();
    const [one, other] = [candidate(backend, 'one'), candidate(backend, 'other')];
    expect((await Promise.all([one.began, other.began])).map(({ role }) => role)).toEqual(['one', 'other']);
    await one.campaign[Symbol.asyncDispose]();
    await other.campaign[Symbol.asyncDispose]();
  });

  it('ends on a server that is cut off before another gets it', async () => {
    await using proxy = await startCuttingProxy(etcd().port);
    const shared = prefix();
    const timeouts = { leaseMs: 2_000, requestMs: 500, readMs: 500, commitMs: 500 };
    await using lonely = await open({ prefix: shared, timeouts, servers: [`http://127.0.0.1:${proxy.port}`] });
    await using other = await open({ prefix: shared, timeouts });
    const first = candidate(lonely);
    const term = await first.began;
    const second = candidate(other);
    const order: string[] = [];
    void first.ended.then(() => order.push('ended'));
    proxy.close();
    await second.began.then(() => order.push('began'));
    expect(order).toEqual(['ended', 'began']);
    expect(term.signal.aborted).toBe(true);
    await second.campaign[Symbol.asyncDispose]();
    proxy.open();
    await first.campaign[Symbol.asyncDispose]();
  });

  it('is tried for again where its work fails at the start', async () => {
    await using backend = await open();
    let tries = 0;
    const worked = Promise.withResolvers<void>();
    await using _ = backend.leadership.campaign('work', async () => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
      worked.resolve();
      return { [Symbol.asyncDispose]: async () => {} };
    });
    await worked.promise;
    expect(tries).toBe(2);
  });
});
