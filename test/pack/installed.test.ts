import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readWorkspace } from '../../scripts/pack/workspace.ts';
import { installTarballs, reachesRegistry, repository, type Installed } from './installed.ts';
import { liveThrough } from './life.ts';
import { readmeExample, type ReadmeExample } from './readme-example.ts';

const workspace = readWorkspace(repository);
const examples: readonly (readonly [name: string, example: ReadmeExample])[] = [
  ...workspace.packages.map(
    ({ folder, manifest }) => [manifest.name, readmeExample(join(repository, folder, 'README.md'))] as const,
  ),
  ['README.md', readmeExample(join(repository, 'README.md'))],
];
const programOf = (name: string): string => `examples/${basename(name, '.md')}.ts`;
const compiler = join(repository, 'node_modules/typescript/bin/tsc');

/** As strict as it gets; nothing of the libraries' types is skipped. */
const strict = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    noEmit: true,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
  },
  include: ['examples'],
};

((await reachesRegistry()) ? describe : describe.skip)('the packages, installed in an empty folder', () => {
  let installed: Installed;

  beforeAll(async () => {
    const began = performance.now();
    installed = await installTarballs();
    process.stdout.write(`packed and installed in ${Math.round(performance.now() - began)} ms\n`);
    mkdirSync(join(installed.folder, 'examples'));
    for (const [name, { code }] of examples) writeFileSync(join(installed.folder, programOf(name)), code);
    writeFileSync(join(installed.folder, 'tsconfig.json'), JSON.stringify(strict));
  }, 240_000);
  afterAll(async () => {
    await installed?.[Symbol.asyncDispose]();
  });

  it('hold JavaScript, its types, and no tests', () => {
    const scope = join(installed.folder, 'node_modules/@kcp');
    const files = readdirSync(scope, { recursive: true, encoding: 'utf8' });
    expect(files.filter((path) => /(?<!\.d)\.ts$|\.test\.|(^|\/)(testing|fixtures)(\/|$)/.test(path))).toEqual([]);
    for (const { manifest } of workspace.packages)
      for (const file of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts'])
        expect(files).toContain(join(manifest.name.replace('@kcp/', ''), file));
  });

  it.each(examples)('run the example of %s', async (name, { prints }) => {
    const { code, stdout, stderr } = await installed.run(process.execPath, programOf(name));
    expect({ code, problem: code === 0 ? '' : stderr }).toEqual({ code: 0, problem: '' });
    if (prints.length > 0) expect(stdout.trimEnd().split('\n')).toEqual(prints);
  });

  it('have types that strict programs compile with', async () => {
    const { code, stdout } = await installed.run(process.execPath, compiler, '-p', '.');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });

  it('have types that find a mistake', async () => {
    const wrong = `import { start } from '@kcp/kcp';\nexport const port: string = (await start()).port;\n`;
    writeFileSync(join(installed.folder, 'examples/wrong.ts'), wrong);
    expect((await installed.run(process.execPath, compiler, '-p', '.')).stdout).toContain(
      `examples/wrong.ts(2,14): error TS2322: Type 'number' is not assignable to type 'string'.`,
    );
  });

  it('bring the command', async () => {
    const program = join(installed.folder, 'node_modules/.bin/kcp');
    const took = await liveThrough({ program, arguments: [] }, workspace.version);
    process.stdout.write(`kcp start from tarballs: ${took}\n`);
  }, 120_000);

  it("bring kubectl's plugin", async () => {
    const program = join(installed.folder, 'node_modules/.bin/kubectl-ws');
    expect(await installed.run(program, '--version')).toMatchObject({
      code: 0,
      stdout: `kubectl ws version ${workspace.version}\n`,
    });
    expect((await installed.run(program, 'nosuch', '--kubeconfig', 'none')).stderr).toMatch(
      /^Error: .*none: cannot be read/,
    );
  });
});
