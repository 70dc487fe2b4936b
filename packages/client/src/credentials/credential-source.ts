import type { Credential } from '../kubeconfig/connection.ts';
import { CredentialError } from './credential-error.ts';

/** A client certificate and its key, PEM. */
export interface PemPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a request shows of who it is. */
export interface Presented {
  /** The value of the header `authorization`. */
  readonly authorization?: string;
  /** Of a credential plugin; comes before the connection's own. */
  readonly pair?: PemPair;
}

/** Gives credentials, and others once those were refused. */
export interface CredentialSource {
  /** What to show now. Rejects with CredentialError. */
  current(): Promise<Presented>;
  /** The server answered 401 to what was shown: true where there is something else to show, and the request may be tried again. */
  refused(presented: Presented): Promise<boolean>;
}

/** The source of credentials that stay as they are. */
export function fixedCredentials(
  credential: Extract<Credential, { kind: 'none' | 'token' | 'basic' }>,
): CredentialSource {
  const presented = fixed(credential);
  return { current: () => Promise.resolve(presented), refused: () => Promise.resolve(false) };
}

function fixed(credential: Extract<Credential, { kind: 'none' | 'token' | 'basic' }>): Presented {
  switch (credential.kind) {
    case 'none':
      return {};
    case 'token':
      return { authorization: bearer(credential.token) };
    case 'basic': {
      const pair = Buffer.from(`${credential.username}:${credential.password}`).toString('base64');
      return { authorization: `Basic ${pair}` };
    }
  }
}

/** The header for a token. Throws CredentialError, without the token, where it cannot stand in a header. */
export function bearer(token: string): string {
  const bare = token.trim();
  if (!/^[\x21-\x7e]+$/.test(bare))
    throw new CredentialError('the token is empty or holds characters that no header may');
  return `Bearer ${bare}`;
}
