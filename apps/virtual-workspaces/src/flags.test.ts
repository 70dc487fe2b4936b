import { describe, expect, it } from '@jest/globals';
import { missing, programFlags } from './flags.ts';

const NEEDED = ['--kubeconfig=a', '--tls-cert-file=b', '--tls-private-key-file=c'];

function valuesOf(...args: readonly string[]) {
  const parsed = programFlags.parse(args);
  if (parsed.kind !== 'run') throw new Error('asks for help');
  return parsed.values;
}

describe('the command line', () => {
  it('says what is missing, all of it', () => {
    expect(missing(valuesOf())).toEqual([
      '--kubeconfig is needed',
      '--tls-cert-file is needed',
      '--tls-private-key-file is needed',
    ]);
    expect(missing(valuesOf(...NEEDED))).toEqual([]);
  });

  it('names the server by a context, and where to listen', () => {
    expect(valuesOf(...NEEDED, '--context=base', '--secure-port=0', '--bind-address=127.0.0.1')).toMatchObject({
      kubeconfig: 'a',
      context: 'base',
      securePort: 0,
      bindAddress: '127.0.0.1',
      clientCaFile: '',
    });
  });

  it('refuses what it does not know', () => {
    expect(() => programFlags.parse([...NEEDED, '--secure-prt=1'])).toThrow('--secure-prt');
    expect(() => programFlags.parse([...NEEDED, '--secure-port=70000'])).toThrow();
  });

  it('shows how it is called', () => {
    const parsed = programFlags.parse(['--help']);
    expect(parsed.kind === 'help' && parsed.text).toContain('--client-ca-file');
  });
});
