// The layer rule: which package may import which is the table in docs/DESIGN.md §3; every import of the workspace is held
// against it, and against the dependencies that the package's own package.json names. Also checked: no import past an index,
// no file of another package by path, no cycle.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const WORDS = ['api-machinery', 'logical-cluster', 'telemetry'];

function readTable() {
  const rows = new Map();
  for (const line of readFileSync(join(root, 'docs/DESIGN.md'), 'utf8').split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells.length !== 5 || !/^[a-z-]+$/.test(cells[1])) continue;
    rows.set(cells[1], cells[3]);
  }
  const every = [...rows.keys()];
  const allowed = new Map();
  for (const [name, text] of rows) {
    const everything = /^everything|^all of/.test(text);
    const named = text
      .replaceAll(/\([^)]*\)/g, '')
      .split(/[,;]/)
      .map((part) => part.trim().replace(/\/contracts$/, ''));
    const words = WORDS.includes(name) ? [] : WORDS;
    allowed.set(name, new Set(everything ? every : [...words, ...named.filter((part) => rows.has(part))]));
  }
  return allowed;
}

function* sourceFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (entry.name.endsWith('.ts')) yield path;
  }
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g;

function importsOf(file) {
  return [...readFileSync(file, 'utf8').matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3]);
}

const allowed = readTable();
const problems = [];
const edges = new Map();

for (const [home, folder] of [...folders('packages'), ...folders('apps')]) checkFolder(home, folder);

function checkFolder(home, folder) {
  const manifest = JSON.parse(readFileSync(join(root, home, folder, 'package.json'), 'utf8'));
  const own = home === 'packages' ? folder : undefined;
  if (own && !allowed.has(own)) problems.push(`${home}/${folder}: no row in the table of docs/DESIGN.md §3`);
  for (const path of Object.values(manifest.exports ?? {})) {
    if (typeof path === 'string' && !path.startsWith('./src/'))
      problems.push(`${home}/${folder}: exports ${path} outside src`);
  }
  for (const file of sourceFiles(join(root, home, folder))) {
    for (const specifier of importsOf(file)) checkImport({ home, folder, own, manifest, file, specifier });
  }
}

function checkImport({ home, folder, own, manifest, file, specifier }) {
  if (specifier.startsWith('node:')) return;
  const where = relative(root, file).split(sep).join('/');
  if (specifier.startsWith('.')) {
    const left = relative(join(root, home, folder), join(file, '..', specifier)).startsWith('..');
    if (left) problems.push(`${where}: leaves its package by ${specifier}`);
    return;
  }
  const { name, devDependencies = {}, peerDependencies = {} } = manifest;
  const dependencies = { ...manifest.dependencies, ...peerDependencies };
  const test = /\.test\.ts$|\/testing\//.test(where);
  const dependency = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (dependency === name) problems.push(`${where}: imports its own package by name`);
  else if (!(dependency in dependencies) && !(dependency in devDependencies))
    problems.push(`${where}: ${dependency} is not among the dependencies of ${name}`);
  else if (!test && !(dependency in dependencies))
    problems.push(`${where}: ${dependency} is only a devDependency of ${name}`);
  if (!dependency.startsWith('@kcp/') || !own || test) return;
  const target = dependency.slice('@kcp/'.length);
  if (target !== own && !allowed.get(own)?.has(target))
    problems.push(`${where}: ${own} may not import ${target} (docs/DESIGN.md §3)`);
  edges.set(own, (edges.get(own) ?? new Set()).add(target));
}

function folders(home) {
  return readdirSync(join(root, home), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => [home, entry.name]);
}

const state = new Map();
function visit(name, path) {
  if (state.get(name) === 'done') return;
  if (state.get(name) === 'open')
    return void problems.push(`a cycle of packages: ${[...path.slice(path.indexOf(name)), name].join(' → ')}`);
  state.set(name, 'open');
  for (const target of edges.get(name) ?? []) visit(target, [...path, name]);
  state.set(name, 'done');
}
for (const name of edges.keys()) visit(name, []);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  console.error(`${problems.length} breaches of the layer rule`);
  process.exit(1);
}
console.log(
  `layers: ${allowed.size} packages in the table, ${[...edges.values()].reduce((sum, set) => sum + set.size, 0)} edges, none out of place`,
);
