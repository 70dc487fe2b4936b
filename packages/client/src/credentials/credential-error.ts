/** Credentials that could not be had: a program that failed, hung or answered nonsense, a file that holds no token. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
