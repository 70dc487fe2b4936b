import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { startScenarioServer } from '../scenario-server.ts';
import { measureColdStart } from './cold-start.ts';
import { measureHotParts } from './hot-parts.ts';
import { measureManyClusters } from './many-clusters.ts';
import { formatReport, type Report } from './report.ts';
import { measureServer, type Measured, type Target } from './whole-server.ts';

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: 'hot,start,server,clusters' },
    measure: { type: 'string', default: '' },
    what: { type: 'string', default: 'create,get,update,list,watch' },
    requests: { type: 'string', default: '5000' },
    clusters: { type: 'string', default: '10000' },
    'peer-kubeconfig': { type: 'string' },
    'peer-url': { type: 'string' },
    'peer-token': { type: 'string' },
    'peer-pids': { type: 'string', default: '' },
    out: { type: 'string', default: 'node_modules/.cache/bench' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(`usage: npm run bench -- --measure FILE
  --parts A,B          of hot, start, server, clusters (all)
  --measure FILE       the program that measures a whole server from outside
  --what A,B           its steps (create,get,update,list,watch)
  --requests N         how many requests a step makes (5000)
  --clusters N         how many logical clusters to fill (10000)
  --peer-kubeconfig F  another server, measured beside ours: its current context, with a token
  --peer-url U --peer-token T   the same without a kubeconfig
  --peer-pids 1,2      the other server's processes
  --out FOLDER         where bench.json and bench.md go (node_modules/.cache/bench)`);
} else {
  await run();
}

async function run(): Promise<void> {
  const wanted = new Set(options.parts.split(','));
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`;
  let report: Report = { node: process.versions.node, machine };
  if (wanted.has('hot')) report = { ...report, hotParts: await measureHotParts() };
  if (wanted.has('start')) report = { ...report, coldStart: await measureColdStart() };
  if (wanted.has('server')) report = { ...report, ...(await measureBoth()) };
  if (wanted.has('clusters')) report = { ...report, manyClusters: await measureManyClusters(Number(options.clusters)) };
  await mkdir(options.out, { recursive: true });
  await writeFile(join(options.out, 'bench.json'), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(options.out, 'bench.md'), formatReport(report));
  console.log(formatReport(report));
}

/** Ours first, then the peer, so that neither takes the processor from the other. */
async function measureBoth(): Promise<{ server?: Measured; peer?: Measured }> {
  if (!existsSync(options.measure)) {
    console.log(`not run: the whole server: ${options.measure || 'name the measuring program with --measure'}`);
    return {};
  }
  const how = { program: options.measure, what: options.what, requests: Number(options.requests) };
  const peer = peerTarget();
  const server = await measureOurs(how);
  return { server, ...(peer && { peer: await measureServer(peer, how) }) };
}

async function measureOurs(how: { program: string; what: string; requests: number }): Promise<Measured> {
  await using server = await startScenarioServer();
  const { url, pid } = server.process;
  return await measureServer({ url: `${url}/clusters/root`, token: 'admin-token', pids: [pid] }, how);
}

function peerTarget(): Target | undefined {
  const pids = options['peer-pids'].split(',').filter(Boolean).map(Number);
  if (options['peer-kubeconfig'] !== undefined) {
    const config = new KubeConfig();
    config.loadFromFile(options['peer-kubeconfig']);
    const [url, token] = [config.getCurrentCluster()?.server, config.getCurrentUser()?.token];
    if (url === undefined || token === undefined)
      throw new Error(`${options['peer-kubeconfig']}: the current context has no server or no token`);
    return { url, token, pids };
  }
  const [url, token] = [options['peer-url'], options['peer-token']];
  return url === undefined || token === undefined ? undefined : { url, token, pids };
}
