import { describe, expect, it } from '@jest/globals';
import { chooseCommand, completeWords, type Command } from '@kcp/process';
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { programs } from './programs.ts';

const app = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

function help(program: string, line = '--help'): string {
  const { root, path } = programs[program]!;
  const chosen = chooseCommand(root, line.split(' '), path);
  const ready = chosen.command.ready(chosen.args, chosen.path);
  return ready.kind === 'help' ? ready.text : 'runs';
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

describe('the programs', () => {
  it('each have a launcher that names them, and nothing but programs has one', async () => {
    const manifest = JSON.parse(await readFile(app('package.json'), 'utf8')) as { bin: Record<string, string> };
    for (const [name, path] of Object.entries(manifest.bin)) {
      expect((await stat(app(path))).mode & 0o111).toBe(0o111);
      const called = /bin\/launch" "\$app" (\S+)( __complete)? "\$@"/.exec(await readFile(app(path), 'utf8')) ?? [];
      expect(programs[called[1] ?? '']).toBeDefined();
      expect(called[2] !== undefined).toBe(name.startsWith('kubectl_complete-'));
      expect(called[1]).toBe(name.replace('kubectl_complete-', 'kubectl-').replace('create_w', 'create-w'));
    }
    expect(Object.keys(programs).filter((name) => !Object.hasOwn(manifest.bin, name))).toEqual([]);
  });

  it.each(Object.keys(programs))('%s shows how it is called', (program) => {
    expect(help(program)).toContain(`Usage:\n  ${programs[program]!.path}`);
  });

  it('have the same workspace commands', () => {
    const names = (program: string, line: string): string[] =>
      chooseCommand(programs[program]!.root, [line], '').command.commands.map(({ name }) => name);
    expect(names('kubectl-kcp', 'ws')).toEqual(['use', 'current', 'tree', 'create', 'create-context', 'exec']);
    expect(names('kubectl-ws', '')).toEqual([...names('kubectl-kcp', 'workspace'), 'completion']);
    expect(names('kubectl-kcp', 'workspaces')).toEqual(names('kubectl-kcp', 'ws'));
  });

  it('show examples in the words they are called by', () => {
    expect(help('kubectl-kcp', 'ws --help')).toContain('  kubectl kcp workspace create my-workspace');
    expect(help('kubectl-ws', 'create --help')).toContain('  kubectl ws create my-workspace');
    expect(help('kubectl-create-workspace')).toContain('  kubectl create workspace my-workspace');
    expect(help('kubectl-kcp', 'crd snapshot --help')).toContain('kubectl kcp crd snapshot -f crd.yaml --prefix today');
  });

  it("take kubectl's flags, and another workspace where kcp's own do", () => {
    for (const line of ['use', 'current', 'tree', 'create', 'create-context', 'exec'])
      for (const flag of [
        '--kubeconfig file',
        '--context string',
        '--server url',
        '--token string',
        '--as string',
        '--request-timeout duration',
      ])
        expect(help('kubectl-ws', `${line} --help`)).toContain(`--${flag.slice(2)}`);
    for (const line of ['create', 'tree'])
      expect(help('kubectl-ws', `${line} --help`)).toContain('-w, --workspace path');
    for (const line of ['use', 'current', 'create-context'])
      expect(help('kubectl-ws', `${line} --help`)).not.toContain('--workspace');
  });

  it('name no letter twice', () => {
    for (const { root } of Object.values(programs)) {
      for (const { flags, name } of everyCommand(root)) {
        const letters = Object.values(flags).flatMap(({ short }) => short ?? []);
        expect([name, letters]).toEqual([name, [...new Set(letters)]]);
      }
    }
  });

  it('say of ws create that there is a newer way', () => {
    const create = chooseCommand(programs['kubectl-ws']!.root, ['create'], '').command;
    expect(create.deprecated).toMatch(/^install the 'kubectl create workspace' plugin instead/);
    expect(programs['kubectl-create-workspace']!.root.deprecated).toBeUndefined();
  });

  it('offer no command whose time is over', async () => {
    const offered = await completeWords(programs['kubectl-ws']!.root, ['cr']);
    expect(offered.map(({ word }) => word)).toEqual(['create-context']);
  });

  it('print a script for each shell', () => {
    for (const shell of ['bash', 'zsh', 'fish'])
      expect(chooseCommand(programs['kubectl-kcp']!.root, ['completion', shell], '').command.name).toBe(shell);
    expect(() => help('kubectl-ws', 'completion csh')).toThrow('unknown command "csh" for "kubectl ws completion"');
  });
});
