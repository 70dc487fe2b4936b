// What `npm start`, `npm test` and their siblings do on a machine that has only Node and npm: run the task under a pinned
// pnpm, which installs what is missing first (verifyDepsBeforeRun) and puts the workspace's own Node in front of the PATH.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@12.21.0';
const [task, ...rest] = process.argv.slice(2);
if (!task) {
  console.error('usage: node scripts/run.mjs TASK [ARGUMENT...]');
  process.exit(2);
}

const child = spawn('npx', ['--yes', '--loglevel=error', PNPM, 'run', '--silent', `do:${task}`, ...rest], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`${PNPM} did not start: ${error.message}`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1);
});
