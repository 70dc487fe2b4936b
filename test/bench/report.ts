import type { ColdStart } from './cold-start.ts';
import type { HotPart } from './hot-parts.ts';
import type { Latency } from './latency.ts';
import type { Holding, KeptWorkspaces } from './kept-workspaces.ts';
import type { ManyClusters } from './many-clusters.ts';
import type { Measured } from './whole-server.ts';
import type { WorkspaceRun } from './workspace-clients.ts';

/** What was measured of our server and, where there is one, of another: figures, or why there are none. */
export interface Compared {
  readonly ours: Measured;
  readonly peer?: Measured | string;
}

/** Everything that was measured; what was not asked for is absent. */
export interface Report {
  readonly node: string;
  readonly machine: string;
  readonly hotParts?: readonly HotPart[];
  readonly coldStart?: ColdStart;
  readonly server?: Measured;
  readonly peer?: Measured;
  readonly writes?: Compared;
  readonly owner?: Compared;
  readonly manyClusters?: ManyClusters;
  readonly workspaces?: readonly WorkspaceRun[];
  readonly kept?: KeptWorkspaces;
}

/** The report as tables. */
export function formatReport(report: Report): string {
  const { hotParts, coldStart, server, peer, writes, owner, manyClusters, workspaces, kept } = report;
  return [
    `# Benchmark\n\nNode ${report.node}; ${report.machine}.`,
    hotParts &&
      table(
        'Hot parts',
        ['part', 'average µs', 'median µs', 'p99 µs'],
        hotParts.map(({ name, averageUs, medianUs, p99Us }) => [name, averageUs, medianUs, p99Us]),
      ),
    coldStart && table('Start on an empty folder', ['figure', 'value'], Object.entries(coldStart)),
    server && comparison('The whole server', { ours: server, ...(peer && { peer }) }),
    writes && comparison('Writes', writes),
    owner && comparison('An owner of many is deleted', owner),
    manyClusters && table(`${manyClusters.clusters} logical clusters`, ['figure', 'value'], clustersRows(manyClusters)),
    workspaces &&
      table(
        'Workspaces',
        ['what', 'workspaces', 'per second', 'CPU ms each', 'p50 ms', 'p99 ms', 'latest turn ms', 'anonymous MiB'],
        workspaces.map((run) => [
          run.name,
          run.workspaces,
          Math.round(run.perSecond),
          shown(run.cpuMsEach),
          run.p50Ms,
          run.p99Ms,
          run.latestMs,
          run.anonMiB,
        ]),
      ),
    kept && table('Workspaces that nobody uses', ['figure', 'without', 'with'], keptRows(kept)),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')
    .concat('\n');
}

type Cell = string | number;

function table(title: string, head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;
  const bar = line(head.map((_, index) => (index === 0 ? '---' : '---:')));
  return [`## ${title}`, '', line(head), bar, ...rows.map(line)].join('\n');
}

function comparison(title: string, { ours, peer }: Compared): string {
  const figures = typeof peer === 'string' ? undefined : peer;
  const head = ['figure', 'ours', ...(figures ? ['peer', 'peer ÷ ours'] : [])];
  const rows = table(title, head, compared(ours, figures));
  return typeof peer === 'string' ? `${rows}\n\nThe peer: ${peer}.` : rows;
}

function compared(server: Measured, peer: Measured | undefined): Cell[][] {
  const rows: Cell[][] = [];
  for (const [step, figures] of Object.entries(server)) {
    if (typeof figures !== 'object') continue;
    for (const [name, value] of Object.entries(figures)) {
      const other = peer?.[step]?.[name];
      const ratio =
        typeof other === 'number' && typeof value === 'number' && value > 0 ? (other / value).toFixed(1) : '';
      rows.push([`${step}: ${name}`, shown(value), ...(peer ? [shown(other), ratio] : [])]);
    }
  }
  return rows;
}

function clustersRows({ create, read, before, after, afterRestart, afterReads, ...rest }: ManyClusters): Cell[][] {
  const latency = (name: string, { count, perSecond, p50Ms, p99Ms }: Latency): Cell[] => [
    name,
    `${count}: ${perSecond}/s, p50 ${p50Ms} ms, p99 ${p99Ms} ms`,
  ];
  const memory = { before, after, afterRestart, afterReads };
  return [
    latency('namespace and ConfigMap created', create),
    latency('ConfigMap read after the restart', read),
    ...Object.entries(memory).map(([name, { rssMiB, anonMiB }]) => [
      `memory ${name}`,
      `${Math.round(rssMiB)} MiB, ${Math.round(anonMiB)} of them anonymous`,
    ]),
    ...Object.entries(rest),
  ];
}

function keptRows({ before, after, anonKiBPerWorkspace, diskKiBPerWorkspace }: KeptWorkspaces): Cell[][] {
  const row = (name: string, of: (holding: Holding) => number): Cell[] => [
    name,
    ...[before, after].map((one) => shown(of(one))),
  ];
  return [
    row('workspaces', ({ workspaces }) => workspaces),
    row('start, ms', ({ startMs }) => startMs),
    row('anonymous memory, MiB', ({ memory }) => memory.anonMiB),
    row('resident memory, MiB', ({ memory }) => memory.rssMiB),
    row('disk, MiB', ({ diskMiB }) => diskMiB),
    row('time series', ({ series }) => series),
    row('one made, p50 ms', ({ create }) => create.p50Ms),
    row('one made, p99 ms', ({ create }) => create.p99Ms),
    ['anonymous memory each, KiB', '', anonKiBPerWorkspace],
    ['disk each, KiB', '', diskKiBPerWorkspace],
  ];
}

function shown(value: number | undefined): Cell {
  if (typeof value !== 'number') return value === undefined ? '' : String(value);
  return Math.round(value * 100) / 100;
}
