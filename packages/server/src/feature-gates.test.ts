import { describe, expect, it } from '@jest/globals';
import { isEnabled, readFeatureGates } from './feature-gates.ts';

describe('--feature-gates', () => {
  it('turns features on and off; the last word counts', () => {
    const { gates } = readFeatureGates(['WorkspaceAuthentication=true', ' WorkspaceAuthentication = F ']);
    expect(gates).toEqual({ WorkspaceAuthentication: false });
    expect(isEnabled({ featureGates: gates }, 'WorkspaceAuthentication')).toBe(false);
  });
  it('leaves others at their defaults', () => {
    expect(isEnabled({}, 'WorkspaceAuthentication')).toBe(true);
    expect(isEnabled({ featureGates: {} }, 'WorkspaceMounts')).toBe(false);
  });
  it('tells which change nothing: what is not built, and Kubernetes’ own', () => {
    expect(readFeatureGates(['CacheAPIs=true', 'WatchList=1', 'WorkspaceAuthentication=t', '']).idle).toEqual([
      'CacheAPIs',
      'WatchList',
    ]);
  });
  it.each([
    ['WorkspaceMounts', 'missing bool value for WorkspaceMounts'],
    [
      'WorkspaceMounts=yes',
      'invalid value of WorkspaceMounts=yes, err: strconv.ParseBool: parsing "yes": invalid syntax',
    ],
    ['Anything=', 'invalid value of Anything=, err: strconv.ParseBool: parsing "": invalid syntax'],
  ])('refuses %s', (text, why) => {
    expect(() => readFeatureGates([text])).toThrow(why);
  });
  it('knows no names by accident', () => {
    expect(readFeatureGates(['constructor=true', '__proto__=true'])).toEqual({
      gates: {},
      idle: ['constructor', '__proto__'],
    });
  });
});
