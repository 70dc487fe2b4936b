/** A user that every test server knows by a static token. */
export interface TestUser {
  readonly token: string;
  readonly uid: string;
  readonly groups: readonly string[];
}

/** The users by name: one who may do everything, three who may do what RBAC gives them. */
export const testUsers = {
  admin: { token: 'admin-token', uid: '5555-5555-5555-5555', groups: ['system:masters'] },
  'user-1': { token: 'user-1-token', uid: '1111-1111-1111-1111', groups: ['team-1'] },
  'user-2': { token: 'user-2-token', uid: '2222-2222-2222-2222', groups: ['team-2'] },
  'user-3': { token: 'user-3-token', uid: '3333-3333-3333-3333', groups: ['team-3'] },
} as const satisfies Readonly<Record<string, TestUser>>;

/** Users as kube-apiserver's `--token-auth-file` has them: token, name, uid, groups. */
export function formatTokenFile(users: Readonly<Record<string, TestUser>> = testUsers): string {
  const lines = Object.entries(users).map(
    ([name, { token, groups, uid }]) => `${token},${name},${uid},"${groups.join(',')}"`,
  );
  return `${lines.join('\n')}\n`;
}
