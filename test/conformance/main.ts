import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runScenarios, tally, tallyLine, type ScenarioResult } from '../scenario-run.ts';
import { startScenarioServer } from '../scenario-server.ts';
import { makeWorkspaceForScenarios, workspaceScenarios } from './kcpapi.ts';

/** The share of equal answers, in percent, that each area has to have. */
const thresholds: Readonly<Record<string, number>> = {
  objects: 99,
  lists: 99,
  crds: 99,
  builtins: 99,
  patch: 99,
  auth: 98,
  cel: 99,
  kcpapi: 97,
};

/** An answer that differs on purpose; it counts as failed all the same. */
interface Deviation {
  readonly scenario: string;
  readonly label: string;
  readonly reason: string;
}

const { values: options } = parseArgs({
  options: {
    scenarios: { type: 'string', default: '' },
    areas: { type: 'string', default: Object.keys(thresholds).join(',') },
    only: { type: 'string' },
    storage: { type: 'string', default: 'lmdb' },
    json: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(`usage: npm run conformance -- --scenarios DIR
  --areas A,B      these areas (${Object.keys(thresholds).join(',')}); "all" for every one
  --only TEXT      only scenarios whose path holds TEXT
  --storage NAME   lmdb or memory (lmdb)
  --json FILE      write every check with expected and actual
  --verbose        show every difference`);
} else if (options.scenarios === '' || !existsSync(join(options.scenarios, 'run.mjs'))) {
  console.log(
    `not run: conformance: ${options.scenarios || 'no folder given; name one with --scenarios'}${options.scenarios && ' holds no scenarios'}`,
  );
} else {
  process.exitCode = await play(resolve(options.scenarios));
}

async function play(folder: string): Promise<number> {
  await using server = await startScenarioServer('--storage', options.storage);
  const results: ScenarioResult[] = [];
  for (const only of options.only === undefined ? await areas(folder) : [options.only]) {
    const isOwn = only.includes('kcpapi');
    if (isOwn) await makeWorkspaceForScenarios(server);
    const prefix = isOwn ? '' : '/clusters/root';
    results.push(...(await runScenarios(server, { folder, prefix, only, verbose: options.verbose })));
  }
  if (options.json !== undefined) await writeFile(options.json, JSON.stringify(results, null, 1));
  for (const { name, broke } of results) if (broke) console.log(`! ${name} stopped: ${broke}`);
  const missed = printTotals(results);
  await printDeviations(results);
  return missed === 0 || options.only !== undefined ? 0 : 1;
}

async function areas(folder: string): Promise<string[]> {
  const names = options.areas === 'all' ? await readdir(join(folder, 'scenarios')) : options.areas.split(',');
  return names.flatMap((name) => (name === 'kcpapi' ? workspaceScenarios : [`scenarios/${name}/`]));
}

/** Prints a line an area; the number of areas below what is wanted. */
function printTotals(results: readonly ScenarioResult[]): number {
  let missed = 0;
  for (const [area, found] of Map.groupBy(results, ({ name }) => name.split('/')[0] ?? '')) {
    const { passed, total } = tally(found);
    const wanted = thresholds[area];
    if (wanted !== undefined && (100 * passed) / total < wanted) missed += 1;
    console.log(tallyLine(area, { passed, total }, wanted));
  }
  console.log(tallyLine('all', tally(results)));
  return missed;
}

async function printDeviations(results: readonly ScenarioResult[]): Promise<void> {
  const text = await readFile(new URL('deviations.json', import.meta.url), 'utf8');
  for (const { scenario, label, reason } of JSON.parse(text) as readonly Deviation[]) {
    const check = results.find(({ name }) => name === scenario)?.checks.find((candidate) => candidate.label === label);
    if (check)
      console.log(
        `${check.differs.length > 0 ? 'differs on purpose' : 'no longer differs'}: ${scenario} › ${label}: ${reason}`,
      );
  }
}
