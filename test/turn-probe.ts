import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Loaded into a server's process before the server (`node --import`). When SIGUSR2 comes, it writes to the file that TURNS_FILE
 * names: the longest time that the thread worked without letting a timer in, in milliseconds of its own processor time, so that
 * other programs do not count; and what memory holds after a collection, in bytes. Then it measures anew.
 */
export interface TurnReading {
  readonly turnMs: number;
  readonly memory: number;
}

const file = process.env['TURNS_FILE'];
let longest = 0;
let worked = process.threadCpuUsage();

function turn(): void {
  const { user, system } = process.threadCpuUsage(worked);
  longest = Math.max(longest, user + system);
  worked = process.threadCpuUsage();
}

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

async function tell(path: string): Promise<void> {
  turn();
  const turnMs = longest / 1000;
  // what a first collection lets go of gives its bytes back at a second one
  for (let at = 0; at < 2; at += 1) {
    if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  const reading: TurnReading = { turnMs, memory: heapUsed + external };
  worked = process.threadCpuUsage();
  longest = 0;
  writeFileSync(`${path}.new`, JSON.stringify(reading));
  renameSync(`${path}.new`, path);
}

setInterval(turn, 1).unref();
process.on('SIGUSR2', () => {
  if (file !== undefined) void tell(file);
});
