import { ApiError, notFound } from '@kcp/api-machinery';
import { ConnectionError, CredentialError, KubeconfigError } from '@kcp/client';
import { describe, expect, it } from '@jest/globals';
import { CliError } from './cli-error.ts';
import { explainFailure } from './explain.ts';
import { genericRefusal } from './refusal.ts';

describe('a failure at the terminal', () => {
  it("is the server's own text where the server refuses", () => {
    const error = new ApiError('AlreadyExists', 'workspaces.tenancy.kcp.io "a" already exists');
    expect(explainFailure(error)).toBe('workspaces.tenancy.kcp.io "a" already exists');
  });

  it('is told in words where a server has no such thing, and says so in a text', () => {
    const bare = new ApiError('NotFound', '404 page not found', { code: 404 });
    expect(explainFailure(bare)).toBe('the server could not find the requested resource');
    expect(explainFailure(notFound({ group: 'tenancy.kcp.io', resource: 'workspaces' }, '~'))).toBe(
      'workspaces.tenancy.kcp.io "~" not found',
    );
  });

  it('is one line where a command refuses', () => {
    expect(explainFailure(new CliError('no previous workspace found in kubeconfig'))).not.toContain('\n');
  });

  it.each([
    ['unsent', 'Is the server running'],
    ['untrusted', 'not trusted'],
    ['timeout', '--request-timeout'],
    ['lost', 'try again'],
  ] as const)('says what to do about a connection that is %s', (phase, hint) => {
    expect(explainFailure(new ConnectionError(phase, 'connect ECONNREFUSED'))).toMatch(
      new RegExp(`^connect ECONNREFUSED\n.*${hint}`),
    );
  });

  it('says what to do without a context, or with credentials that are not accepted', () => {
    const none = new KubeconfigError('no context is chosen, and there is no current context');
    expect(explainFailure(none)).toContain('--kubeconfig');
    expect(explainFailure(new KubeconfigError('is not valid YAML', { file: '/k' }))).toBe('/k: is not valid YAML');
    expect(explainFailure(new ApiError('Unauthorized', 'Unauthorized'))).toContain('kubectl config view');
  });

  it('is whatever was thrown otherwise', () => {
    expect(explainFailure(new CredentialError('the plugin gave nothing'))).toBe('the plugin gave nothing');
    expect(explainFailure('odd')).toBe('odd');
  });
});

describe('a refusal of which only the code counts', () => {
  it("has kubectl's words for it", () => {
    const error = genericRefusal(notFound({ group: '', resource: 'x' }, 'y'));
    expect([error.message, error.code]).toEqual(['the server could not find the requested resource', 404]);
  });

  it('keeps its own where there are none', () => {
    const error = new ApiError('InternalError', 'disk full', { code: 500 });
    expect(genericRefusal(error)).toBe(error);
  });
});
