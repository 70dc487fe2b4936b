/** Who makes a request (k8s.io/apiserver user.Info). */
export interface UserInfo {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** The three answers of an authenticator: nobody's business, known, refused. */
export type Authentication =
  | { readonly kind: 'none' }
  | { readonly kind: 'authenticated'; readonly user: UserInfo; readonly audiences?: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string };

/** What a request shows of itself. */
export interface Credentials {
  /** The bearer token, where there is one. */
  readonly token: string | undefined;
  /** The verified client certificate, DER. */
  readonly certificate: Uint8Array | undefined;
  /** The audiences that a token must be for; empty means the server's own. */
  readonly audiences?: readonly string[];
}

/** Says who somebody is. Synchronous where it can be. */
export type Authenticator = (credentials: Credentials) => Authentication | Promise<Authentication>;
