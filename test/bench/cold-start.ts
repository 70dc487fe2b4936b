import { openWire } from '@kcp/testing';
import { startScenarioServer } from '../scenario-server.ts';
import { quantile } from './latency.ts';
import { figuresOf } from './process-figures.ts';

/** From the start of the process to an ok from /readyz, on an empty folder. */
export interface ColdStart {
  readonly times: number;
  readonly medianMs: number;
  readonly slowestMs: number;
  readonly cpuMs: number;
  readonly idleRssMiB: number;
  readonly idleAnonMiB: number;
}

const IDLE_MS = 3000;

/** Starts servers one after the other; the first, which fills the compile cache, does not count. */
export async function measureColdStart(times = 5): Promise<ColdStart> {
  const readyMs: number[] = [];
  let figures = { cpuMs: 0, rssMiB: 0, anonMiB: 0 };
  let cpuMs = 0;
  for (let round = 0; round <= times; round += 1) {
    const began = performance.now();
    await using server = await startScenarioServer();
    const { url, certificateAuthority: authority, pid } = server.process;
    using wire = openWire({ url, token: 'admin-token', authority });
    while ((await wire.request('/readyz')).text !== 'ok');
    if (round > 0) readyMs.push(performance.now() - began);
    cpuMs = (await figuresOf(pid)).cpuMs;
    if (round < times) continue;
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    figures = await figuresOf(pid);
  }
  return {
    times,
    medianMs: quantile(readyMs, 0.5),
    slowestMs: quantile(readyMs, 1),
    cpuMs,
    idleRssMiB: Math.round(figures.rssMiB),
    idleAnonMiB: Math.round(figures.anonMiB),
  };
}
