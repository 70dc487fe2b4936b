import { parseKubeconfig } from '@kcp/client';
import { describe, expect, it } from '@jest/globals';
import { formatContexts } from '../testing/fixture.ts';
import { addContext, CURRENT, enterWorkspace, PREVIOUS, swapWorkspaces } from './workspace-contexts.ts';

const fresh = parseKubeconfig(formatContexts('https://kcp'), '/k/config');
const server = 'https://kcp/clusters/root:a';

function moved(previousCluster = PREVIOUS) {
  const config = JSON.parse(formatContexts('https://kcp'));
  config['current-context'] = CURRENT;
  config.clusters.push({ name: CURRENT, cluster: { server } }, { name: PREVIOUS, cluster: { server: `${server}:b` } });
  config.contexts.push(
    { name: CURRENT, context: { cluster: CURRENT, user: 'me' } },
    { name: PREVIOUS, context: { cluster: previousCluster, user: 'other' } },
  );
  return parseKubeconfig(JSON.stringify(config), '/k/config');
}

const file = '/k/config';

describe('going to a workspace', () => {
  it('copies the current cluster and context, and remembers the context', () => {
    expect(enterWorkspace(fresh, { server })).toEqual({
      entries: [
        { list: 'clusters', name: CURRENT, from: 'root', file, set: { server } },
        { list: 'contexts', name: CURRENT, from: 'root', file, set: { cluster: CURRENT } },
        { list: 'contexts', name: PREVIOUS, from: 'root', file },
      ],
      currentContext: CURRENT,
    });
  });

  it('remembers the cluster too where its place is taken', () => {
    expect(enterWorkspace(moved(), { server }).entries).toEqual([
      { list: 'clusters', name: CURRENT, from: CURRENT, file, set: { server } },
      { list: 'contexts', name: CURRENT, from: CURRENT, file, set: { cluster: CURRENT } },
      { list: 'clusters', name: PREVIOUS, from: CURRENT, file },
      { list: 'contexts', name: PREVIOUS, from: CURRENT, file, set: { cluster: PREVIOUS } },
    ]);
  });

  it('takes along what another context has where the command line names it; the way back is to where one was', () => {
    const { entries } = enterWorkspace(fresh, { server, context: 'base' });
    expect(entries.map(({ name, from }) => `${name} < ${from}`)).toEqual([
      `${CURRENT} < base`,
      `${CURRENT} < base`,
      `${PREVIOUS} < root`,
    ]);
  });

  it('needs a current context and its cluster', () => {
    expect(() => enterWorkspace({ ...fresh, currentContext: 'gone' }, { server })).toThrow(
      'current "gone" context not found',
    );
    expect(() => enterWorkspace({ ...fresh, currentContext: undefined }, { server })).toThrow(
      'current "" context not found',
    );
    expect(() => enterWorkspace({ ...fresh, clusters: new Map() }, { server })).toThrow(
      'cluster "root" not found in kubeconfig',
    );
  });
});

describe('going back', () => {
  it('lets both workspaces change places', () => {
    expect(swapWorkspaces(moved())).toEqual({
      entries: [
        { list: 'clusters', name: CURRENT, from: PREVIOUS, file },
        { list: 'contexts', name: CURRENT, from: PREVIOUS, file, set: { cluster: CURRENT } },
        { list: 'clusters', name: PREVIOUS, from: CURRENT, file },
        { list: 'contexts', name: PREVIOUS, from: CURRENT, file, set: { cluster: PREVIOUS } },
      ],
      currentContext: CURRENT,
      server: `${server}:b`,
    });
  });

  it('leaves a context that is not of ours with its own cluster', () => {
    const { entries, server: back } = swapWorkspaces(moved('base'));
    expect(entries[0]).toEqual({ list: 'contexts', name: CURRENT, from: PREVIOUS, file });
    expect(back).toBe('https://kcp');
  });

  it('needs somewhere to go back to', () => {
    expect(() => swapWorkspaces(fresh)).toThrow('no previous workspace found in kubeconfig');
    expect(() => swapWorkspaces(moved('gone'))).toThrow('cluster "gone" not found in kubeconfig');
  });
});

describe('a context of its own', () => {
  it('has a cluster of the same name', () => {
    expect(addContext(fresh, { name: 'mine', server, keepCurrent: false })).toEqual({
      entries: [
        { list: 'clusters', name: 'mine', from: 'root', file, set: { server } },
        { list: 'contexts', name: 'mine', from: 'root', file, set: { cluster: 'mine' } },
      ],
      currentContext: 'mine',
    });
  });

  it('need not become the current one', () => {
    expect(addContext(fresh, { name: 'mine', server, keepCurrent: true }).currentContext).toBeUndefined();
  });
});
