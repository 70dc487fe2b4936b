import { describe, expect, it } from '@jest/globals';
import { silentLogger, type LogFields, type Logger } from '@kcp/telemetry';
import { startFlags } from './flags.ts';
import { tenancyOptions } from './tenancy-flags.ts';

function options(args: readonly string[] = [], logger: Logger = silentLogger) {
  const parsed = startFlags.parse(args);
  if (parsed.kind !== 'run') throw new Error('help was shown');
  return tenancyOptions(parsed.values, logger);
}

describe('flags of workspaces', () => {
  it('let everybody who signed in have a home', () => {
    const whoever = { homeWorkspaces: true, homeCreatorGroups: ['system:authenticated'] };
    expect(options()).toMatchObject({ featureGates: {}, ...whoever });
    expect(options(['--enable-home-workspaces=false'])).toMatchObject({ homeWorkspaces: false, homeCreatorGroups: [] });
  });
  it('limit the objects of logical clusters', () => {
    expect(options()).toMatchObject({ totalObjectLimit: 0, objectCountIntervalMs: 60_000 });
    const args = ['--logical-cluster-total-object-limit=40', '--logical-cluster-object-count-scan-interval=1s'];
    expect(options(args)).toMatchObject({ totalObjectLimit: 40, objectCountIntervalMs: 1_000 });
  });
  it('name who may have a home', () => {
    expect(options(['--home-workspaces-home-creator-groups=a,b']).homeCreatorGroups).toEqual(['a', 'b']);
    expect(options(['--enable-home-workspaces=false']).homeCreatorGroups).toEqual([]);
  });
  it('turn features on and off, and say which names change nothing', () => {
    const said: (LogFields | undefined)[] = [];
    const logger = { ...silentLogger, info: (_: string, facts?: LogFields) => void said.push(facts) };
    const args = ['--feature-gates=WorkspaceAuthentication=false,CacheAPIs=true', '--feature-gates=WatchList=true'];
    expect(options(args, logger).featureGates).toMatchObject({
      WorkspaceAuthentication: false,
    });
    expect(said).toEqual([{ gates: ['CacheAPIs', 'WatchList'] }]);
  });
  it('refuse a feature that is neither on nor off', () => {
    expect(() => options(['--feature-gates=WorkspaceAuthentication=maybe'])).toThrow(/invalid value of/);
  });
});
