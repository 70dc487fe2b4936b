import type { AuthorizationScope } from './authorization-scope.ts';

/** Who makes a request (k8s.io/apiserver user.Info). */
export interface UserInfo {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** What authentication has to say of a request beside whose it is. */
export interface AuthenticationFacts {
  /** Told to the client, as Warning headers. */
  readonly warnings?: readonly string[];
  /** Recorded with the request by the audit. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The three answers of an authenticator: nobody's business, known, refused. */
export type Authentication =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'authenticated';
      readonly user: UserInfo;
      readonly audiences?: readonly string[];
      readonly facts?: AuthenticationFacts;
    }
  | {
      readonly kind: 'refused';
      readonly why: string;
      /** True where whoever asks may read why: it says nothing that they did not show themselves. */
      readonly isPublic?: boolean;
      readonly facts?: AuthenticationFacts;
    };

/** Where the headers of a request are: its own `Request` has this shape, nothing is copied for it. */
export interface HeaderSource {
  /** All headers, lower-case names, one entry a line as sent. */
  headers(): Iterable<readonly [name: string, value: string]>;
}

/** Who is at the other end of a connection. */
export interface CertificateHolder {
  /** The client certificate, DER, where it chains to any of the configured authorities. */
  readonly certificate: Uint8Array | undefined;
  /** The certificates that the client sent after its own, DER, where the transport tells; Node's servers do not. */
  readonly intermediates?: readonly Uint8Array[];
}

/** What a request shows of itself. */
export interface Credentials {
  /** The bearer token, where there is one. */
  readonly token: string | undefined;
  /** The verified client certificate, DER. */
  readonly certificate: Uint8Array | undefined;
  /** Why the certificate that was shown is not the one above: OpenSSL's code. */
  readonly certificateError?: string | undefined;
  /** The audiences that a token must be for; empty means the server's own. */
  readonly audiences?: readonly string[];
  /** Where the request goes; absent where a token is asked about that may go anywhere. */
  readonly cluster?: AuthorizationScope;
  /** The path below the logical cluster; for anonymous requests, which may be bound to paths. */
  readonly path?: string;
  /** The request's headers, absent where only a token is asked about. */
  readonly request?: HeaderSource;
  /** What is behind `certificate`, absent where only a token is asked about. */
  readonly peer?: CertificateHolder;
}

/** Says who somebody is. Synchronous where it can be. */
export type Authenticator = (credentials: Credentials) => Authentication | Promise<Authentication>;
