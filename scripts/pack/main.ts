import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { pack } from './pack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const usage = `Makes a tarball of every public package: JavaScript and types for Node, with its manifest, README and licence.

Usage: npm run pack -- [flags]

  --out DIR   where the tarballs go (dist/packages)
  --help      this text

The version of all of them is the one in the root's package.json.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args, options: { out: { type: 'string' }, help: { type: 'boolean' } } });
    if (values.help) return (process.stdout.write(usage), 0);
    const out = resolve(values.out ?? `${root}/dist/packages`);
    const tarballs = await pack({ root, out, progress: (line) => void process.stderr.write(`pack: ${line}\n`) });
    for (const { path } of tarballs) process.stdout.write(`${path} ${Math.ceil(statSync(path).size / 1024)} KiB\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
