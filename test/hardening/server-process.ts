import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from '@kcp/telemetry';
import { startTestServer } from '@kcp/testing';
import type { Address, Question, Reading } from './probe.ts';

/**
 * The server's process: it says where it listens, and then what it notices about itself. A process of its own, so that a crash
 * is a crash, and the stalls and the memory are the server's and not the test's.
 */
const unexpected: string[] = [];
const logger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (message, fields) => {
    const cause = fields?.['error'];
    unexpected.push(`${message}: ${cause instanceof Error ? (cause.stack ?? cause.message) : JSON.stringify(fields)}`);
  },
  child: () => logger,
};
const delays = monitorEventLoopDelay({ resolution: 1 });
/** The longest time that the thread worked without letting a timer in: unlike the delay, it leaves out what others take. */
let longestTurn = 0;
let worked = process.threadCpuUsage();

function turn(): void {
  const { user, system } = process.threadCpuUsage(worked);
  longestTurn = Math.max(longestTurn, user + system);
  worked = process.threadCpuUsage();
}

const shared = [Object.prototype, Array.prototype, String.prototype, Function.prototype];

function inventory(): string {
  return shared.flatMap((prototype) => Object.getOwnPropertyNames(prototype)).join();
}

function forget(): void {
  globalThis.gc?.();
  delays.reset();
  worked = process.threadCpuUsage();
  longestTurn = 0;
  unexpected.length = 0;
}

async function read(): Promise<Reading> {
  const stallMs = delays.max / 1e6;
  const turnMs = longestTurn / 1e3;
  // What a first collection lets go of gives its bytes back at a second one.
  for (let i = 0; i < 2; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  const pristine = inventory() === atStart;
  return { stallMs, turnMs, memory: heapUsed + external, pristine, unexpected: unexpected.slice(0, 20) };
}

async function answer(question: Question): Promise<void> {
  const reading = await read();
  if (question === 'forget') forget();
  process.send?.(reading);
}

const atStart = inventory();
const server = await startTestServer({ logger });
delays.enable();
setInterval(turn, 1);
process.on('message', (question: Question) => {
  void answer(question);
});
process.on('disconnect', () => process.exit());
process.send?.({
  port: server.server.port,
  authority: server.server.certificateAuthority,
  token: server.tokenOf('admin'),
} satisfies Address);
