import { expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.ts';

const never = new AbortController().signal;
const limits = { perTenant: 2, queuePerTenant: 1, total: 5 };

it('lets so many of a tenant through, the next one when one leaves, and refuses further ones', async () => {
  const gate = new Turnstile(limits);
  const first = await gate.enter('a', never);
  await gate.enter('a', never);
  let entered = false;
  const waiting = gate.enter('a', never).then((turn) => ((entered = true), turn));
  expect(await gate.enter('a', never)).toBeUndefined();
  expect(await gate.enter('b', never)).toBeDefined();
  expect(entered).toBe(false);
  first?.leave();
  first?.leave();
  expect(await waiting).toBeDefined();
  expect(gate.total).toBe(3);
});

it('has a bound over all tenants', async () => {
  const gate = new Turnstile(limits);
  for (const tenant of ['a', 'b', 'c', 'd', 'e']) expect(await gate.enter(tenant, never)).toBeDefined();
  expect(await gate.enter('f', never)).toBeUndefined();
});

it('forgets who gives up waiting, before and while', async () => {
  const gate = new Turnstile(limits);
  const turns = [await gate.enter('a', never), await gate.enter('a', never)];
  const caller = new AbortController();
  const waiting = gate.enter('a', caller.signal);
  caller.abort(new Error('given up'));
  await expect(waiting).rejects.toThrow('given up');
  await expect(gate.enter('a', caller.signal)).rejects.toThrow('given up');
  for (const turn of turns) turn?.leave();
  expect(gate.total).toBe(0);
  expect(await gate.enter('a', never)).toBeDefined();
});
