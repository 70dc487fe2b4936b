// What `npm start`, `npm test` and their siblings do on a machine that has only Node and npm: run the task under a pinned
// pnpm, which installs what is missing first (verifyDepsBeforeRun) and puts the workspace's own Node in front of the PATH.
// `start` only installs that way and then becomes the parent of the server itself, so that a signal reaches it.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@12.21.0';
const root = fileURLToPath(new URL('..', import.meta.url));
const windows = process.platform === 'win32';
const [task, ...rest] = process.argv.slice(2);

function run(command, args) {
  const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' };
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell: windows, env: environment });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const pass = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve) => {
    const end = (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code);
    };
    child.on('error', (error) => {
      console.error(`${command} did not start: ${error.message}`);
      end(1);
    });
    child.on('exit', (code, signal) => end(signal ? 1 : (code ?? 1)));
  });
}

const pnpm = (...args) => run('npx', ['--yes', '--loglevel=error', PNPM, ...args]);

async function start(args) {
  const installed = await pnpm('install', '--silent', '--prefer-frozen-lockfile');
  if (installed !== 0) return installed;
  return run(fileURLToPath(new URL('../node_modules/.bin/kcp', import.meta.url)), ['start', ...args]);
}

if (task === undefined) {
  console.error('usage: node scripts/run.mjs TASK [ARGUMENT...]');
  process.exitCode = 2;
} else {
  process.exitCode = task === 'start' ? await start(rest) : await pnpm('run', '--silent', `do:${task}`, ...rest);
}
