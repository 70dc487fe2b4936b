import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CURRENT } from '../kubeconfig/workspace-contexts.ts';
import { openFixture, type Fixture } from '../testing/fixture.ts';
import { createCommand, type CreateRequest } from './create.ts';

let kcp: Fixture;
beforeEach(async () => {
  kcp = await openFixture();
  kcp.server.readyAtOnce = true;
});
afterEach(() => kcp[Symbol.asyncDispose]());

const plain: CreateRequest = {
  name: 'a',
  type: '',
  enter: false,
  ignoreExisting: false,
  locationSelector: '',
  createContext: '',
};
const create = (request: Partial<CreateRequest> = {}, options = {}) =>
  kcp.run((session) => createCommand(session, { ...plain, ...request }), options);
const CREATED = 'Workspace "a" (type root:universal) created. Waiting for it to be ready...';
const READY = 'Workspace "a" (type root:universal) is ready to use.';

describe('a new workspace', () => {
  it('is told of when it is there, and when it is ready', async () => {
    expect((await create()).out).toEqual([CREATED, READY]);
  });

  it('is waited for by a watch', async () => {
    kcp.server.readyAtOnce = false;
    const created = create();
    await kcp.server.watched;
    kcp.server.finish('root:a');
    expect((await created).out).toEqual([CREATED, READY]);
    expect(kcp.server.requests).toEqual([
      'POST /clusters/root/apis/tenancy.kcp.io/v1alpha1/workspaces',
      'GET /clusters/root/apis/tenancy.kcp.io/v1alpha1/workspaces',
    ]);
  });

  it('has the type, and the labels of its place, that it is told', async () => {
    await create({ type: 'root:Organization', locationSelector: 'region=eu,tier in (a,b)' });
    expect(kcp.server.held.get('root')?.children.get('a')?.spec).toMatchObject({
      type: { path: 'root', name: 'organization' },
      location: {
        selector: {
          matchLabels: { region: 'eu' },
          matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }],
        },
      },
    });
  });

  it('may be entered at once', async () => {
    const { out } = await create({ enter: true });
    expect(out.at(-1)).toBe("Current workspace is 'root:a' (type root:universal).");
    expect((await kcp.config()).currentContext).toBe(CURRENT);
  });

  it('may have the name of the top', async () => {
    expect(await create({ name: 'root', enter: true })).toMatchObject({
      out: expect.arrayContaining(["Current workspace is 'root:root' (type root:universal)."]),
      err: [],
    });
  });

  it('is made in another workspace where that is named', async () => {
    kcp.server.add('root:org');
    await create({ enter: true }, { workspace: 'org' });
    expect((await kcp.config()).clusters.get(CURRENT)?.server).toBe(`${kcp.server.url}/clusters/root:org:a`);
    await expect(create({}, { workspace: '../../../..' })).rejects.toThrow('cannot go up from root');
  });

  it('may have a context of its own', async () => {
    expect((await create({ createContext: 'mine' })).out.at(-1)).toBe('Created context "mine".');
    expect((await kcp.config()).currentContext).toBe('root');
    const entered = await create({ name: 'b', createContext: 'other', enter: true });
    expect(entered.out.at(-1)).toBe('Created context "other" and switched to it.');
    const { clusters, currentContext } = await kcp.config();
    expect([currentContext, clusters.get('other')?.server]).toEqual(['other', `${kcp.server.url}/clusters/root:b`]);
    await expect(create({ name: 'c', createContext: 'mine' })).rejects.toThrow(
      'failed to create context: context "mine" already exists in kubeconfig, use --overwrite to update it',
    );
  });
});

describe('a workspace that is there already', () => {
  beforeEach(() => void kcp.server.add('root:a'));

  it('is an error', async () => {
    await expect(create()).rejects.toThrow('workspaces.tenancy.kcp.io "a" already exists');
  });

  it('is as good as a new one where that is wanted', async () => {
    const said = ['Workspace "a" (type root:universal) already exists.', READY];
    expect((await create({ ignoreExisting: true })).out).toEqual(said);
    expect((await create({ ignoreExisting: true, type: 'root:universal' })).out).toEqual(said);
    await create({ ignoreExisting: true, createContext: 'mine' });
    expect((await create({ ignoreExisting: true, createContext: 'mine' })).out.at(-1)).toBe('Updated context "mine".');
  });

  it('is not where it has another type', async () => {
    await expect(create({ ignoreExisting: true, type: 'root:organization' })).rejects.toThrow(
      'workspace "a" cannot be created with type root:organization, it already exists with different type root:universal',
    );
    await expect(create({ ignoreExisting: true, type: 'universal' })).rejects.toThrow(
      '--ignore-existing must not be used with non-absolute type path',
    );
  });

  it('is waited for where it is not ready', async () => {
    const workspaces = kcp.server.held.get('root')!.children;
    workspaces.set('a', { ...workspaces.get('a')!, status: { phase: 'Initializing' } });
    const created = create({ ignoreExisting: true });
    await kcp.server.watched;
    kcp.server.finish('root:a');
    expect((await created).out[0]).toBe(
      'Workspace "a" (type root:universal) already exists. Waiting for it to be ready...',
    );
  });
});

it('nothing is created where the request cannot be read', async () => {
  await expect(create({ locationSelector: 'a in' })).rejects.toThrow(
    'invalid location selector: couldn\'t parse the selector string "a in"',
  );
  expect(kcp.server.requests).toEqual([]);
});
