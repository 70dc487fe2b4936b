import { describe, expect, it } from '@jest/globals';
import {
  alreadyExists,
  ApiError,
  badRequest,
  conflict,
  expired,
  forbiddenResource,
  invalidObject,
  notFound,
  reasonCodes,
} from './api-error.ts';
import { forbidden, required } from './field-error.ts';

const MAPS = { group: '', resource: 'configmaps' };
const WIDGETS = { group: 'example.com', resource: 'widgets' };

describe('a Status', () => {
  it.each([
    [notFound(MAPS, 'x'), 'configmaps "x" not found', { name: 'x', kind: 'configmaps' }],
    [notFound(WIDGETS, 'x'), 'widgets.example.com "x" not found', { name: 'x', group: 'example.com', kind: 'widgets' }],
    [alreadyExists(MAPS, 'x'), 'configmaps "x" already exists', { name: 'x', kind: 'configmaps' }],
    [
      conflict(MAPS, 'x', 'why'),
      'Operation cannot be fulfilled on configmaps "x": why',
      { name: 'x', kind: 'configmaps' },
    ],
    [forbiddenResource(MAPS, '', 'why'), 'configmaps is forbidden: why', { kind: 'configmaps' }],
    [
      forbiddenResource(WIDGETS, 'x', 'why'),
      'widgets.example.com "x" is forbidden: why',
      { name: 'x', group: 'example.com', kind: 'widgets' },
    ],
  ])('%s', (error, message, details) => {
    const { reason } = error;
    const expected = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details };
    expect(error.toStatus()).toEqual({ ...expected, code: reasonCodes[reason] });
  });

  it('of a bad request has no details', () => {
    expect(badRequest('why').toStatus()).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'why',
      reason: 'BadRequest',
      code: 400,
    });
  });

  it('without a reason leaves the member out', () => {
    const status = new ApiError('', 'why').toStatus();
    expect(status).not.toHaveProperty('reason');
    expect(status['code']).toBe(500);
  });

  it('of an expired list brings a new token', () => {
    expect(expired('too old', { continue: 'abc' }).toStatus()).toMatchObject({
      code: 410,
      reason: 'Expired',
      metadata: { continue: 'abc' },
    });
  });

  it('has the code of its reason unless another is given', () => {
    for (const [reason, code] of Object.entries(reasonCodes)) {
      expect(new ApiError(reason as keyof typeof reasonCodes, '').code).toBe(code);
    }
    expect(new ApiError('Unknown' as 'Gone', '', { code: 418 }).code).toBe(418);
  });
});

describe('an invalid object', () => {
  it('lists each text once but every cause', () => {
    const twice = forbidden('metadata.finalizers', 'why');
    const one = invalidObject({ group: '', kind: 'ConfigMap' }, 'one', [twice, twice]);
    expect(one.message).toBe('ConfigMap "one" is invalid: metadata.finalizers: Forbidden: why');
    expect(one.details?.causes).toHaveLength(2);
    const more = invalidObject({ group: 'example.com', kind: 'Widget' }, '', [required('a'), twice, twice]);
    expect(more.message).toBe(
      'Widget.example.com "" is invalid: [a: Required value, metadata.finalizers: Forbidden: why]',
    );
    expect(more.details).toEqual({
      group: 'example.com',
      kind: 'Widget',
      causes: [
        { reason: 'FieldValueRequired', message: 'Required value', field: 'a' },
        { reason: 'FieldValueForbidden', message: 'Forbidden: why', field: 'metadata.finalizers' },
        { reason: 'FieldValueForbidden', message: 'Forbidden: why', field: 'metadata.finalizers' },
      ],
    });
  });
});

describe('anything thrown', () => {
  it('is itself where it is meant for clients, else a 500 that hides its text', () => {
    const known = badRequest('why');
    expect(ApiError.from(known)).toBe(known);
    const cause = new Error('secret');
    const unknown = ApiError.from(cause);
    expect(unknown.code).toBe(500);
    expect(JSON.stringify(unknown.toStatus())).not.toContain('secret');
    expect(unknown.cause).toBe(cause);
  });
});
