import { describe, expect, it } from '@jest/globals';
import { formatKubeconfig, tokenOfUser } from './kubeconfig-file.ts';

const content = {
  authority: 'PEM',
  clusters: { base: 'https://127.0.0.1:6443' },
  users: { 'shard-admin': 'one', 'kcp-admin': 'two' },
  contexts: { 'system:admin': { cluster: 'base', user: 'shard-admin' } },
  current: 'system:admin',
};

describe('the admin kubeconfig', () => {
  it('gives back the token of each user', () => {
    const text = formatKubeconfig(content);
    expect(tokenOfUser(text, 'shard-admin')).toBe('one');
    expect(tokenOfUser(text, 'kcp-admin')).toBe('two');
    expect(tokenOfUser(text, 'nobody')).toBeUndefined();
  });

  it('is understood after kubectl has rewritten it', () => {
    const rewritten =
      'apiVersion: v1\nclusters:\n- cluster:\n    server: https://x\n  name: shard-admin\nusers:\n- name: kcp-admin\n  user:\n    token: two\n- name: shard-admin\n  user:\n    token: one\n';
    expect(tokenOfUser(rewritten, 'shard-admin')).toBe('one');
  });
});
