import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScenarioServer } from './scenario-server.ts';

/** One answer that was compared with a recorded one. */
export interface Check {
  readonly label: string;
  /** Empty where the answers are equal. */
  readonly differs: readonly string[];
}

/** What a scenario, or a project, came to. */
export interface ScenarioResult {
  readonly name: string;
  readonly broke?: string | null;
  readonly checks: readonly Check[];
}

/** How to run it. */
export interface ScenarioRunOptions {
  /** The folder with run.mjs. */
  readonly folder: string;
  /** What follows the server's URL: a logical cluster's prefix. */
  readonly prefix: string;
  /** Only what has this text in its name. */
  readonly only: string;
  /** Shows every difference. */
  readonly verbose: boolean;
}

/** Plays the scenarios of a folder, with the folder's own program, against a server. */
export async function runScenarios(server: ScenarioServer, options: ScenarioRunOptions): Promise<ScenarioResult[]> {
  const results = join(server.folder, 'results.json');
  const target = [
    '--server',
    server.process.url + options.prefix,
    '--token',
    'admin-token',
    '--ca',
    server.authorityFile,
  ];
  const args = [...target, '--json', results, '--only', options.only];
  if (!options.verbose) args.push('--quiet');
  const child = spawn(process.execPath, [join(options.folder, 'run.mjs'), ...args], {
    stdio: ['ignore', options.verbose ? 'inherit' : 'ignore', 'inherit'],
  });
  await once(child, 'exit');
  return JSON.parse(await readFile(results, 'utf8')) as ScenarioResult[];
}

/** Passed and all checks. */
export interface Tally {
  readonly passed: number;
  readonly total: number;
}

/** Adds up the checks of some results. */
export function tally(results: readonly ScenarioResult[]): Tally {
  const checks = results.flatMap((result) => result.checks);
  return { passed: checks.filter(({ differs }) => differs.length === 0).length, total: checks.length };
}

/** A tally as a line: what, how many, the share, and what is asked for. */
export function tallyLine(name: string, { passed, total }: Tally, wanted?: number): string {
  const percent = total === 0 ? 0 : (100 * passed) / total;
  const verdict = wanted === undefined ? '' : `  wanted ${wanted} %  ${percent >= wanted ? 'ok' : 'BELOW'}`;
  return `${name.padEnd(20)} ${`${passed}/${total}`.padStart(10)}  ${percent.toFixed(1).padStart(5)} %${verdict}`;
}
