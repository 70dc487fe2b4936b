import type { Duplex } from 'node:stream';

/**
 * Closes a connection whose own half has ended, a while later. Closed at once with unread bytes in the kernel it would be
 * reset, and the client could lose the last answer.
 */
export function linger(socket: Duplex, lingerMs: number): void {
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}
