import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { completionScript, completionShells } from './completion-script.ts';

const run = promisify(execFile);

/** A program that completes each word with what it was asked, then bash's answer to a line. */
async function completeInBash(...words: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-complete-'));
  try {
    const program = join(folder, 'kubectl-ws');
    await writeFile(program, '#!/bin/sh\nshift\nprintf \'%s\\tabout it\\n\' "$*" "two words"\necho :4\n');
    await chmod(program, 0o755);
    const list = words.map((word) => JSON.stringify(word)).join(' ');
    const line = `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _kubectl_ws_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { PATH: `${folder}:${process.env['PATH']}` };
    const { stdout } = await run('bash', ['--norc', '-c', `${completionScript('bash', 'kubectl-ws')}${line}`], { env });
    return stdout.trimEnd().split('\n');
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a script for a shell', () => {
  it('asks the program in bash, and leaves out what is said of candidates, and the directive', async () => {
    expect(await completeInBash('kubectl-ws', 'use', 'a')).toEqual(['use a', 'two words']);
    expect(await completeInBash('kubectl-ws', '')).toEqual(['', 'two words']);
  });

  it.each(completionShells)('for %s names the program it asks', (shell) => {
    expect(completionScript(shell, 'kubectl-ws')).toContain('kubectl-ws __complete ');
  });

  it('names its functions as shells allow', () => {
    expect(completionScript('bash', 'kubectl-ws')).toMatch(/^_kubectl_ws_complete\(\) \{$/m);
    expect(completionScript('zsh', 'kubectl-ws')).toMatch(/^compdef _kubectl_ws kubectl-ws$/m);
    expect(completionScript('fish', 'kubectl-ws')).toMatch(/^complete -c kubectl-ws -f -a '\(_kubectl_ws\)'$/m);
  });
});
