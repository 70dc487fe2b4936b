import { readFile } from 'node:fs/promises';
import { CredentialError } from './credential-error.ts';
import { bearer, type CredentialSource, type Presented } from './credential-source.ts';

/** How long what was read counts; kubelet renews tokens long before they end. */
const FRESH_MS = 10_000;

/** A token that lies in a file and changes there. */
export interface TokenFileOptions {
  readonly path: string;
  /** Used until the file could be read once. */
  readonly token?: string | undefined;
  /** Milliseconds; the clock. */
  readonly now?: () => number;
}

/** Reads the token again every 10 s and after a 401; a file that cannot be read then leaves the last token in use. */
export function tokenFileCredentials({ path, token, now = Date.now }: TokenFileOptions): CredentialSource {
  let last: Presented | undefined = token === undefined ? undefined : { authorization: bearer(token) };
  let readAt = -Infinity;
  const read = async (): Promise<Presented> => {
    readAt = now();
    try {
      const authorization = bearer(await readFile(path, 'utf8'));
      if (last?.authorization !== authorization) last = { authorization };
    } catch (error) {
      if (last === undefined) throw new CredentialError(`the token file ${path} gives no token`, error);
    }
    return last;
  };
  return {
    current: async () => (last !== undefined && now() - readAt < FRESH_MS ? last : read()),
    refused: async (presented) => (await read()).authorization !== presented.authorization,
  };
}
