import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FloodCount, FloodOrder } from './flood-process.ts';

/** A flood under way. */
export interface Flood extends AsyncDisposable {
  /** Ends it; what came of it. */
  stop(): Promise<FloodCount>;
}

/** Starts a flood; resolves once every connection of it had an answer. */
export async function startFlood(order: FloodOrder): Promise<Flood> {
  const child = fork(fileURLToPath(new URL('flood-process.ts', import.meta.url)));
  child.send(order);
  await heard(child);
  return {
    stop: async () => {
      child.send('stop');
      return (await heard(child)) as FloodCount;
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

async function heard(child: ChildProcess): Promise<unknown> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the flood ended with ${code}`);
    }),
  ]);
  return message;
}
