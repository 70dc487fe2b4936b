import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const usage = `Makes the server one file that needs nothing but Node 24: node dist/kcp/kcp.js start

Usage: npm run bundle -- [flags]

  --out DIR   where the files go (dist/kcp)
  --help      this text

Beside it lie the code of its worker threads and the native half of the store, for this kind of machine.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args, options: { out: { type: 'string' }, help: { type: 'boolean' } } });
    if (values.help) return (process.stdout.write(usage), 0);
    const out = resolve(values.out ?? `${root}/dist/kcp`);
    process.stderr.write(`bundle: into ${out}\n`);
    for (const path of await bundle({ root, out }))
      process.stdout.write(`${path} ${Math.ceil(statSync(path).size / 1024)} KiB\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
