import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noOverrides, openFixture, type Fixture } from '../testing/fixture.ts';
import { treeCommand } from './tree.ts';

let kcp: Fixture;
beforeEach(async () => {
  kcp = await openFixture();
  for (const path of ['root:org', 'root:org:team', 'root:org:zed']) kcp.server.add(path);
});
afterEach(() => kcp[Symbol.asyncDispose]());

const draw = async (request: { full?: boolean; wide?: boolean } = {}, options = {}): Promise<readonly string[]> =>
  (await kcp.run((session) => treeCommand(session, { full: false, wide: false, ...request }), options)).out;

describe('the tree of workspaces', () => {
  it('shows names, and ends in an empty line', async () => {
    expect(await draw()).toEqual(['.', '└── root', '    └── org', '        ├── team', '        └── zed', '']);
  });

  it('shows paths', async () => {
    expect(await draw({ full: true }, { workspace: 'org' })).toEqual([
      '.',
      '└── root:org',
      '    ├── root:org:team',
      '    └── root:org:zed',
      '',
    ]);
  });

  it('shows phases, as far as they may be seen', async () => {
    kcp.server.held.get('root:org:zed')!.phase = undefined;
    expect(await draw({ wide: true }, { workspace: 'org' })).toEqual([
      '.',
      '└── org       ws=-      lc=Ready',
      '    ├── team  ws=Ready  lc=Ready',
      '    └── zed   ws=Ready  lc=Unknown',
    ]);
  });

  it('does not go into what is mounted, nor into what is going away', async () => {
    kcp.server.add('root:mount', 'root:universal', { mount: {}, URL: `${kcp.server.url}/clusters/root` });
    kcp.server.add('root:gone').refusal = 403;
    const { children } = kcp.server.held.get('root')!;
    const gone = children.get('gone')!;
    children.set('gone', { ...gone, metadata: { ...gone.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    expect((await draw()).slice(2)).toEqual([
      '    ├── org',
      '    │   ├── team',
      '    │   └── zed',
      '    └── mount [m]',
      '',
    ]);
  });

  it('ends at what serves no workspaces, and fails where the server refuses', async () => {
    kcp.server.held.get('root:org')!.refusal = 404;
    expect(await draw()).toEqual(['.', '└── root', '    └── org', '']);
    kcp.server.held.get('root:org')!.refusal = 403;
    await expect(draw()).rejects.toMatchObject({ code: 403 });
  });

  it('fails where a workspace has no URL of one', async () => {
    kcp.server.add('root:odd', 'root:universal', { URL: 'https://elsewhere' });
    await expect(draw()).rejects.toThrow('current config context URL "https://elsewhere" does not point to workspace');
  });

  it('is not drawn outside of workspaces, which is no error', async () => {
    expect(await draw({}, { overrides: { ...noOverrides, context: 'base' } })).toEqual([
      `current context URL "${kcp.server.url}" does not point directly to a kcp workspace`,
    ]);
  });
});
