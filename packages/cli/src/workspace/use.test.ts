import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { CURRENT, PREVIOUS } from '../kubeconfig/workspace-contexts.ts';
import { noOverrides, openFixture, type Fixture, type Said } from '../testing/fixture.ts';
import { useCommand } from './use.ts';

let kcp: Fixture;
beforeEach(async () => {
  kcp = await openFixture();
  kcp.server.add('root:org', 'root:organization');
  kcp.server.add('root:org:team');
});
afterEach(() => kcp[Symbol.asyncDispose]());

const use = (
  word: string,
  { short = false, ...options }: { short?: boolean } & Parameters<Fixture['run']>[1] = {},
): Promise<Said> => kcp.run((session) => useCommand(session, { word, short }), options);
const out = async (word: string, options = {}): Promise<string> => (await use(word, options)).out.join('\n');
const current = async (): Promise<string | undefined> => {
  const { currentContext, contexts, clusters } = await kcp.config();
  return clusters.get(contexts.get(currentContext ?? '')?.cluster ?? '')?.server?.replace(kcp.server.url, '');
};

describe('going to a workspace', () => {
  it('says where one is, with its type', async () => {
    expect(await use('org')).toMatchObject({
      out: ["Current workspace is 'root:org' (type root:organization)."],
      err: [],
    });
    expect(await current()).toBe('/clusters/root:org');
    expect(await out('team')).toBe("Current workspace is 'root:org:team' (type root:universal).");
    expect(await out(':root')).toBe("Current workspace is 'root' (type root).");
  });

  it.each(['org:team', 'org/team', ':root:org:team', '/root/org/team', './org/team'])('takes %s', async (word) => {
    await use(word);
    expect(await current()).toBe('/clusters/root:org:team');
  });

  it('keeps type and dots apart: by way of dots no parent is asked', async () => {
    await use(':root:org:team');
    expect(await out('..')).toBe("Current workspace is 'root:org'.");
    expect(kcp.server.requests.filter((request) => request.includes('workspaces/..'))).toEqual([]);
    expect(await out('team/..')).toBe("Current workspace is 'root:org'.");
    expect(await out('..')).toBe("Current workspace is 'root' (type root).");
  });

  it('goes to the top, wherever that is', async () => {
    await use(':root:org:team');
    expect(await out(':')).toBe("Current workspace is 'root'.");
    expect(await current()).toBe('/clusters/root');
  });

  it('goes back and forth', async () => {
    await use('org');
    await use('team');
    expect(await out('-')).toBe("Current workspace is 'root:org'.");
    expect(await out('-')).toBe("Current workspace is 'root:org:team'.");
    const { contexts } = await kcp.config();
    expect(contexts.get(PREVIOUS)).toMatchObject({ cluster: PREVIOUS, user: 'me', namespace: 'here' });
  });

  it('says only the path where it is to be short', async () => {
    expect(await out('org', { short: true })).toBe('root:org');
    expect(await out('.', { short: true })).toBe('root:org');
  });

  it('asks nobody where one is', async () => {
    expect(await out('.')).toBe("Current workspace is 'root'.");
    expect(kcp.server.requests).toEqual([]);
  });

  it('takes what once was absolute, with a note', async () => {
    const said = await use('root:org');
    expect(said.err[0]).toBe(
      "Note: Using 'root:' to define an absolute path is no longer supported. Instead, use ':root' to specify an absolute path.",
    );
    expect(await current()).toBe('/clusters/root:org');
    expect((await use('root')).err).toHaveLength(1);
    await expect(use('root:org', { short: true })).rejects.toThrow('the server could not find the requested resource');
  });
});

describe('home', () => {
  beforeEach(() => {
    const spec = { URL: `${kcp.server.url}/clusters/root:org:team` };
    kcp.server.held.get('root')?.children.set('~', { metadata: { name: '~' }, spec });
  });

  it.each(['~', '/home/ann'])('is %s', async (word) => {
    const said = await use(word);
    expect(said).toMatchObject({ out: ["Current workspace is 'root:org:team' (type root:universal)."], err: [] });
  });

  it('is where one goes without a word, with a note', async () => {
    expect((await use('')).err).toEqual([expect.stringContaining("now matches 'cd' semantics")]);
    expect((await use('', { short: true })).err).toEqual([]);
  });

  it('has workspaces too', async () => {
    kcp.server.add('root:org:team:a');
    await use('~/a');
    expect(await current()).toBe('/clusters/root:org:team:a');
    await use(':root');
    await use('/home/ann/a');
    expect(await current()).toBe('/clusters/root:org:team:a');
  });

  it('may not be told, or be told wrong', async () => {
    kcp.server.held.get('root')?.children.set('~', { metadata: { name: '~' }, spec: { URL: 'nowhere at all' } });
    await expect(use('~')).rejects.toThrow('invalid home workspace URL "nowhere at all"');
    kcp.server.held.get('root')?.children.delete('~');
    await expect(use('~')).rejects.toThrow('workspaces.tenancy.kcp.io "~" not found');
  });
});

describe('a workspace that cannot be entered', () => {
  const before = async (): Promise<string> => readFile(kcp.file, 'utf8');

  it.each([
    ['nosuch', 'the server could not find the requested resource'],
    [':root:nosuch:deeper', 'the server could not find the requested resource'],
    ['Bad', 'invalid workspace path: Bad'],
    ['..', 'invalid workspace path: ..'],
    ['../..', 'cannot go up from root'],
    ['-', 'no previous workspace found in kubeconfig'],
  ])('%s: %s; the kubeconfig stays', async (word, message) => {
    const text = await before();
    await expect(use(word)).rejects.toThrow(message);
    expect(await before()).toBe(text);
  });

  it('is not found where the parent says so, denied where it does not', async () => {
    kcp.server.add('root:closed').refusal = 403;
    await expect(use('closed')).rejects.toThrow('access to workspace "root:closed" denied');
    kcp.server.held.get('root')?.children.delete('closed');
    await expect(use('closed')).rejects.toThrow('workspace "root:closed" not found');
  });

  it('is told of a server that fails', async () => {
    kcp.server.add('root:ill').refusal = 500;
    await expect(use('ill')).rejects.toMatchObject({ code: 500 });
  });
});

describe('the context that is taken along', () => {
  it('is the one the command line names', async () => {
    await use(':root:org', {
      overrides: { ...noOverrides, context: 'base', server: `${kcp.server.url}/clusters/root` },
    });
    expect((await kcp.config()).contexts.get(CURRENT)).toMatchObject({ user: 'other' });
    expect(await out('-')).toBe("Current workspace is 'root'.");
  });

  it('has to be of a workspace', async () => {
    const overrides = { ...noOverrides, context: 'base' };
    const what = `"${kcp.server.url}"`;
    expect(await out('.', { overrides })).toBe(`Current workspace is the URL ${what}.`);
    expect(await out('.', { overrides, short: true })).toBe('');
    await expect(use('org', { overrides })).rejects.toThrow(`current URL ${what} does not point to a workspace`);
    await expect(use(':', { overrides })).rejects.toThrow('does not point to a workspace');
  });

  it('has to be there', async () => {
    await writeFile(kcp.file, '');
    await expect(use('org')).rejects.toThrow('no context is chosen, and there is no current context');
  });
});
