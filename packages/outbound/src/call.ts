/** One call. */
export interface OutboundCall {
  /** Whose call it is: the logical cluster's name, or the server's own part that asks. What is bounded a tenant is bounded by it. */
  readonly tenant: string;
  /** `https://` or `http://`; no user and no fragment. */
  readonly url: string;
  /** GET where left out. */
  readonly method?: string;
  /** Lower-case names; the length is added. Several values go out as so many headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array;
  readonly tls?: OutboundTls;
  /** How long all of it may take, in milliseconds; at most the limit's, which holds where it is left out. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Whom to trust, and who we are. */
export interface OutboundTls {
  /** The authorities, or the server's own certificate, PEM; the authorities that Node trusts where left out. */
  readonly caBundle?: string;
  /** The name that the certificate must have, where it is not the URL's. */
  readonly serverName?: string;
  /** Our certificate and key, PEM. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string };
}

/** An answer, whatever its status. Redirects are answers like others: nobody follows them. */
export interface OutboundAnswer {
  readonly status: number;
  /** Lower-case names; of repeated ones the values joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
