/** One message of a socket. Its bytes are taken over: they are not changed afterwards. */
export interface Message {
  /** Text is UTF-8; what comes as text has been checked. */
  readonly kind: 'text' | 'binary';
  readonly data: Uint8Array;
}

/** Why a socket was closed (RFC 6455, 7.4). */
export interface SocketEnd {
  /** 1000 an ordinary end, 1001 the server stops, 1006 broken off without a word, 1009 a message was too large, 1011 our failure. */
  readonly code: number;
  readonly reason: string;
}

/**
 * One end of a conversation in messages, bounded on both ways: what is sent waits for the other side, what comes waits for
 * who iterates. Iterated once; the iteration ends when the socket does. Leaving it early drops whatever comes after.
 */
export interface MessageSocket extends AsyncIterable<Message> {
  /** The sub-protocol that both agreed on; undefined where there is none. */
  readonly subprotocol: string | undefined;
  /** False where the other side reads slower than we write; then wait for `drained()`. Nothing happens once closed. */
  send(message: Message): boolean;
  drained(): Promise<void>;
  /** Bytes sent and not yet taken by the other side. */
  readonly pending: number;
  /** Drops what comes, now and later: for who only sends. Who neither iterates nor drops stops the other side, and is cut off at last. */
  discard(): void;
  /** True from the moment that either side closes, or the connection breaks. */
  readonly closed: boolean;
  /** Why it is closed; undefined while it is not. */
  readonly end: SocketEnd | undefined;
  /** Called once when the socket is closed, for whatever reason. */
  onClose(listener: () => void): void;
  /** Aborted when the socket is closed; made when first asked for. */
  readonly signal: AbortSignal;
  /** Says good-bye: what was sent before still arrives. 1000 where no code is given. Further calls do nothing. */
  close(end?: SocketEnd): void;
}

/** What a request asks for that wants to speak in messages (RFC 6455, over HTTP/2 RFC 8441). */
export interface UpgradeRequest {
  readonly protocol: 'websocket';
  /** What the client offers to speak, best first; may hold secrets: see `Upgrade.subprotocol`. */
  readonly subprotocols: readonly string[];
}

/** The part of an answer that takes an upgrade on; an answer without it refuses the upgrade in ordinary HTTP. */
export interface Upgrade {
  readonly protocol: 'websocket';
  /** One of those offered. None of them is sent back but this. */
  readonly subprotocol?: string | undefined;
  /** The conversation: the socket is closed with 1000 when the promise settles, with 1011 where it rejects. */
  readonly run: (socket: MessageSocket) => Promise<void>;
}

/** The end of a conversation in which all was said. */
export const ordinaryEnd: SocketEnd = { code: 1000, reason: '' };
