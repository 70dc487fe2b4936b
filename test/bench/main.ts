import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startScenarioServer } from '../scenario-server.ts';
import { measureColdStart } from './cold-start.ts';
import { measureHotParts } from './hot-parts.ts';
import { measureKeptWorkspaces } from './kept-workspaces.ts';
import { measureManyClusters } from './many-clusters.ts';
import { measureOurOwners, measureOwners } from './owner-deletion.ts';
import { formatReport, type Compared, type Report } from './report.ts';
import { peerTarget, type Target } from './target.ts';
import { measureServer, type Measured } from './whole-server.ts';
import { measureWrites } from './writes.ts';
import { measureWorkspaces } from './workspaces.ts';

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: 'hot,start,server,writes,owner,clusters,workspaces,kept' },
    measure: { type: 'string', default: '' },
    what: { type: 'string', default: 'create,get,update,list,watch' },
    requests: { type: 'string', default: '5000' },
    dependants: { type: 'string', default: '10000' },
    clusters: { type: 'string', default: '10000' },
    workspaces: { type: 'string', default: '10000' },
    'peer-kubeconfig': { type: 'string' },
    'peer-url': { type: 'string' },
    'peer-token': { type: 'string' },
    'peer-ca': { type: 'string' },
    'peer-pids': { type: 'string', default: '' },
    out: { type: 'string', default: 'node_modules/.cache/bench' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(`usage: npm run bench -- --measure FILE
  --parts A,B          of hot, start, server, writes, owner, clusters, workspaces, kept (all)
                         hot       parts of the program alone, in this process
                         start     the start of a server on an empty folder
                         server    a whole server, with the program that --measure names
                         writes    a whole server: server-side apply (first, nothing new, changed), create where neither
                                   webhook nor policy is configured, create of a custom resource without and with 5 rules
                         owner     an owner of many is deleted, in the background and in the foreground: how long until all
                                   are gone, the longest turn of the event loop meanwhile
                         clusters  very many logical clusters
                         workspaces  workspaces made by 8 and 64 clients, below one another and side by side, and deleted
                         kept      what workspaces cost that nobody uses, after a restart
  --measure FILE       the program that measures a whole server from outside
  --what A,B           its steps (create,get,update,list,watch)
  --requests N         how many requests a step of server and writes makes (5000)
  --dependants N       how many objects the owner has (10000)
  --clusters N         how many logical clusters to fill (10000)
  --workspaces N       how many workspaces to make and to delete or to keep (10000)
  --peer-kubeconfig F  another server, measured beside ours (server, writes, owner): its current context, with a token
  --peer-url U --peer-token T   the same without a kubeconfig
  --peer-ca FILE       what the other server's certificate is checked by, where the kubeconfig does not say
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
  if (wanted.has('writes')) report = { ...report, writes: await measureWritesOfBoth() };
  if (wanted.has('owner')) report = { ...report, owner: await measureOwnersOfBoth() };
  if (wanted.has('clusters')) report = { ...report, manyClusters: await measureManyClusters(Number(options.clusters)) };
  if (wanted.has('workspaces')) report = { ...report, workspaces: await measureWorkspaces(Number(options.workspaces)) };
  if (wanted.has('kept')) report = { ...report, kept: await measureKeptWorkspaces(Number(options.workspaces)) };
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
  const peer = await peerTarget(options);
  const server = await measureOurs(how);
  return { server, ...(peer && { peer: await measureServer(peer, how) }) };
}

async function measureOurs(how: { program: string; what: string; requests: number }): Promise<Measured> {
  return onOurs((target) => measureServer(target, how));
}

async function onOurs<Result>(measure: (target: Target) => Promise<Result>): Promise<Result> {
  await using server = await startScenarioServer();
  const { url, pid, certificateAuthority: authority } = server.process;
  return await measure({ url: `${url}/clusters/root`, token: 'admin-token', pids: [pid], authority });
}

async function measureWritesOfBoth(): Promise<Compared> {
  const how = { requests: Number(options.requests) };
  const peer = await peerTarget(options);
  const ours = await onOurs((target) => measureWrites(target, how));
  return { ours, ...(peer && { peer: await measureWrites(peer, how) }) };
}

async function measureOwnersOfBoth(): Promise<Compared> {
  const how = { dependants: Number(options.dependants) };
  const peer = await peerTarget(options);
  const ours = await measureOurOwners(how);
  return { ours, ...(peer && { peer: await measureOwners(peer, how) }) };
}
