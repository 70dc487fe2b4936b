import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The example controller, as users start it. */
const program = fileURLToPath(new URL('../../contrib/controllers/config-spread/bin/config-spread', import.meta.url));

/** A controller that runs as a process of its own. Disposing of it stops it. */
export interface ControllerProcess extends AsyncDisposable {
  readonly probes: string;
  /** What it is at, as its /readyz says. */
  state(): Promise<{ readonly synced: boolean; readonly role: string }>;
  metrics(): Promise<string>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Asks it to end; its exit code. */
  stop(): Promise<number | null>;
  log(): string;
}

/** Starts the example controller and waits until it serves its probes. */
export async function startControllerProcess(...flags: readonly string[]): Promise<ControllerProcess> {
  const child = spawn(program, ['--probe-port', '0', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (log = (log + chunk).slice(-65_536)));
  const exited = once(child, 'exit');
  const probes = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.on('exit', () => reject(new Error(`the controller ended: ${log}`)));
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const url = /^probes: (\S+)\n/m.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    probes,
    state: async () => (await fetch(`${probes}/readyz`)).json() as Promise<{ synced: boolean; role: string }>,
    metrics: async () => (await fetch(`${probes}/metrics`)).text(),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    log: () => log,
    [Symbol.asyncDispose]: async () => void (await end('SIGTERM')),
  };
}
