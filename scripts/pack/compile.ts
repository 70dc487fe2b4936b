import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Compiles all sources but tests and what only tests use: `<folder>/packages/http/src/…js` and `.d.ts`. Rejects with what the
 * compiler says.
 */
export async function compile(root: string, folder: string): Promise<void> {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  await run(process.execPath, [compiler, '-p', join(root, 'tsconfig.pack.json'), '--outDir', folder], root);
}

/** Runs a program to its end; rejects with all that it wrote where it fails. */
export async function run(program: string, args: readonly string[], folder: string): Promise<string> {
  const child = spawn(program, [...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, 'close')]);
  const text = Buffer.concat([...out, ...err]).toString('utf8');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}:\n${text}`);
  return text;
}
