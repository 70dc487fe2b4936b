import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noOverrides, openFixture, type Fixture } from '../testing/fixture.ts';
import { createContextCommand } from './create-context.ts';

let kcp: Fixture;
beforeEach(async () => void (kcp = await openFixture()));
afterEach(() => kcp[Symbol.asyncDispose]());

type Options = Parameters<Fixture['run']>[1] & { readonly overwrite?: boolean; readonly keepCurrent?: boolean };
const make = (name = '', { overwrite = false, keepCurrent = false, ...options }: Options = {}) =>
  kcp.run((session) => createContextCommand(session, { name, overwrite, keepCurrent }), options);

describe('a context for the current workspace', () => {
  it('is named, and becomes the current one', async () => {
    expect((await make('mine')).out).toEqual(['Created context "mine" and switched to it.']);
    const { contexts, clusters, currentContext } = await kcp.config();
    expect(currentContext).toBe('mine');
    expect(contexts.get('mine')).toMatchObject({ cluster: 'mine', user: 'me', namespace: 'here' });
    expect(clusters.get('mine')?.server).toBe(`${kcp.server.url}/clusters/root`);
    expect(kcp.server.requests).toEqual([]);
  });

  it('is named after the workspace where no name is given; the current one is only updated', async () => {
    await expect(make()).rejects.toThrow('context "root" already exists in kubeconfig, use --overwrite to update it');
    expect((await make('', { overwrite: true })).out).toEqual(['Updated context "root".']);
  });

  it('takes the place of another where that is wanted', async () => {
    expect((await make('base', { overwrite: true })).out).toEqual(['Updated context "base" and switched to it.']);
    expect((await kcp.config()).contexts.get('base')).toMatchObject({ cluster: 'base', user: 'me' });
  });

  it('need not become the current one', async () => {
    expect((await make('mine', { keepCurrent: true })).out).toEqual(['Created context "mine".']);
    expect((await kcp.config()).currentContext).toBe('root');
  });

  it('needs a workspace', async () => {
    const options = { overrides: { ...noOverrides, context: 'base' } };
    await expect(make('mine', options)).rejects.toThrow('does not point to a workspace');
  });
});
