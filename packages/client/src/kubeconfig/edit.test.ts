import { mkdtemp, readdir, readFile, rm, stat, symlink, lstat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseKubeconfig } from './decode.ts';
import { editKubeconfig } from './edit.ts';
import { entryOf, withCurrentContext, withEntry, withoutEntry } from './entries.ts';
import { KubeconfigError } from './kubeconfig-error.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  file = join(folder, 'config');
});
afterEach(() => rm(folder, { recursive: true }));

const context = (name: string, content: object) => (document: Parameters<typeof withEntry>[0]) =>
  withEntry(document, { list: 'contexts', name }, { ...entryOf(document, 'contexts', name), ...content });

describe('a change of a kubeconfig file', () => {
  it('begins a file, with its folder, for its owner only', async () => {
    const deep = join(folder, 'new', 'config');
    await editKubeconfig(deep, context('a', { cluster: 'c', user: 'u' }));
    await editKubeconfig(deep, (document) => withCurrentContext(document, 'a'));
    const config = parseKubeconfig(await readFile(deep, 'utf8'));
    expect(config.currentContext).toBe('a');
    expect(config.contexts.get('a')).toMatchObject({ cluster: 'c', user: 'u' });
    expect((await stat(deep)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'new'))).toEqual(['config']);
  });

  it('keeps what it does not touch: order, unknown fields, texts that look like something else', async () => {
    await writeFile(
      file,
      'x-mine: {b: 1, a: 2}\ncontexts:\n- name: b\n  context: {user: "yes", cluster: "1", later: [1]}\n  note: kept\n- name: a\n  context: {cluster: c, user: u}\nkind: Config\n',
      { mode: 0o644 },
    );
    await editKubeconfig(file, context('b', { namespace: '2020-01-01' }));
    expect(await readFile(file, 'utf8')).toBe(
      [
        'x-mine:',
        '  b: 1',
        '  a: 2',
        'contexts:',
        '- name: b',
        '  context:',
        '    user: "yes"',
        '    cluster: "1"',
        '    later:',
        '    - 1',
        '    namespace: "2020-01-01"',
        '  note: kept',
        '- name: a',
        '  context:',
        '    cluster: c',
        '    user: u',
        'kind: Config',
        '',
      ].join('\n'),
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('takes entries away', async () => {
    await editKubeconfig(file, context('a', { cluster: 'c' }));
    await editKubeconfig(file, (document) => withoutEntry(document, 'contexts', 'a'));
    expect(parseKubeconfig(await readFile(file, 'utf8')).contexts.size).toBe(0);
  });

  it('loses none of many at once', async () => {
    const names = Array.from({ length: 10 }, (_, at) => `c${at}`);
    await Promise.all(names.map((name) => editKubeconfig(file, context(name, { cluster: name }))));
    expect([...parseKubeconfig(await readFile(file, 'utf8')).contexts.keys()].sort()).toEqual(names);
    expect(await readdir(folder)).toEqual(['config']);
  });

  it('waits for another program’s lock, then says which file it is', async () => {
    await writeFile(`${file}.lock`, '');
    const edit = editKubeconfig(file, (document) => document, { patienceMs: 60 });
    await expect(edit).rejects.toThrow(`${file}: is locked: remove ${file}.lock`);
    const later = editKubeconfig(file, context('a', { cluster: 'c' }));
    await rm(`${file}.lock`);
    await later;
    expect(await readdir(folder)).toEqual(['config']);
  });

  it('leaves the file as it is where the outcome is no kubeconfig, or the change throws', async () => {
    await writeFile(file, 'kind: Config\n');
    await expect(editKubeconfig(file, () => ({ contexts: [{ name: 1 }] }))).rejects.toThrow(KubeconfigError);
    const thrown = new Error('no');
    const fail = (): never => {
      throw thrown;
    };
    await expect(editKubeconfig(file, fail)).rejects.toBe(thrown);
    expect(await readFile(file, 'utf8')).toBe('kind: Config\n');
    expect(await readdir(folder)).toEqual(['config']);
  });

  it('writes through a link', async () => {
    const target = join(folder, 'target');
    await writeFile(target, 'kind: Config\n');
    await symlink(target, file);
    await editKubeconfig(file, (document) => withCurrentContext(document, 'a'));
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(target, 'utf8')).toContain('current-context: a');
  });

  it('keeps keys and names that look inherited', async () => {
    await writeFile(file, 'users:\n- name: __proto__\n  user: {__proto__: {a: 1}, token: t}\n');
    await editKubeconfig(file, context('constructor', { cluster: '__proto__' }));
    const text = await readFile(file, 'utf8');
    expect(text).toContain('__proto__:\n      a: 1');
    expect(parseKubeconfig(text).contexts.get('constructor')).toMatchObject({ cluster: '__proto__' });
  });
});
