import { ordinaryEnd } from './message-socket.ts';
import type { MessageSocket, Upgrade } from './message-socket.ts';

/** Runs a conversation, and closes its socket once it is over. Never rejects: `broken` is told of what it throws. */
export async function converse(
  upgrade: Upgrade,
  socket: MessageSocket,
  broken?: (thrown: unknown) => void,
): Promise<void> {
  try {
    await upgrade.run(socket);
    socket.close(ordinaryEnd);
  } catch (thrown) {
    broken?.(thrown);
    socket.close({ code: 1011, reason: 'internal error' });
  }
}
