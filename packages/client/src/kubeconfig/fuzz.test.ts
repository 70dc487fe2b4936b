import { describe, it } from '@jest/globals';
import * as fc from 'fast-check';
import { connectionOf } from './connection.ts';
import { parseKubeconfig } from './decode.ts';
import { formatDocument } from './edit.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import { parseUntrustedKubeconfig } from './untrusted.ts';

const words = [
  ...['clusters', 'users', 'contexts', 'cluster', 'user', 'context', 'name', 'server', 'token', 'exec', 'extensions'],
  ...['current-context', 'certificate-authority-data', 'as-user-extra', 'command', 'env', '__proto__', 'constructor'],
];
const scalar = fc.oneof(
  fc.constantFrom<unknown>('a', 'https://x', '__proto__', 'client.authentication.k8s.io/v1', 'Q0E=', null, true, 1, ''),
  fc.string(),
  fc.double(),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: 'medium' }, scalar, fc.array(tie('tree'), { maxLength: 4 }), tie('object')),
  object: fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...words), fc.string()), tie('tree')), { maxLength: 5 })
    .map((pairs) => {
      const object = {};
      for (const [key, value] of pairs)
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      return object;
    }),
}));
/** What looks like a kubeconfig from afar, with anything inside. */
const shaped = fc
  .record(
    {
      clusters: fc.array(fc.record({ name: scalar, cluster: tree })),
      users: fc.array(fc.record({ name: scalar, user: tree })),
      contexts: fc.array(fc.record({ name: scalar, context: tree })),
      'current-context': scalar,
    },
    { requiredKeys: [] },
  )
  .map((value) => JSON.stringify(value));

function survives(text: string): void {
  for (const parse of [parseKubeconfig, parseUntrustedKubeconfig]) {
    try {
      const config = parse(text);
      for (const context of config.contexts.keys()) connectionOf(config, { context });
    } catch (error) {
      if (!(error instanceof KubeconfigError)) throw error;
    }
  }
  if (Object.keys(Object.prototype).length > 0) throw new Error('a prototype was changed');
}

describe('any text', () => {
  it('is a kubeconfig, or is refused with KubeconfigError', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), { numRuns: 200 });
  });

  it('is refused that way also where it nearly is a kubeconfig', () => {
    fc.assert(fc.property(shaped, survives), { numRuns: 300 });
    fc.assert(
      fc.property(
        tree.map((value) => JSON.stringify(value) ?? ''),
        survives,
      ),
      { numRuns: 200 },
    );
  });

  it('is refused that way where YAML is cut or spoiled', () => {
    const yaml = formatDocument({
      clusters: [{ name: 'a', cluster: { server: 'https://x' } }],
      users: [],
      contexts: [],
    });
    const spoil = fc.tuple(fc.nat(yaml.length), fc.nat(5), fc.string({ maxLength: 4 }));
    fc.assert(
      fc.property(spoil, ([at, cut, put]) => survives(yaml.slice(0, at) + put + yaml.slice(at + cut))),
      { numRuns: 200 },
    );
  });
});
