import { describe, expect, it } from '@jest/globals';
import { choiceFlag, durationFlag, integerFlag, listFlag, switchFlag, textFlag, textsFlag } from './flag.ts';
import { defineFlags, FlagError } from './flags.ts';

const start = defineFlags({
  usage: 'kcp start [flags]',
  summary: 'Starts the server.',
  flags: {
    rootDirectory: textFlag({ default: '.kcp', group: 'General', help: 'Where everything is kept.' }),
    securePort: integerFlag({ default: 6443, min: 0, max: 65_535, group: 'Secure serving', help: 'The port.' }),
    bindAddress: textFlag({ default: '0.0.0.0', group: 'Secure serving', help: 'The address.', placeholder: 'ip' }),
    storage: choiceFlag(['lmdb', 'memory'], { default: 'lmdb', group: 'General', help: 'The store.' }),
    runControllers: switchFlag({ default: true, group: 'General', help: 'Also controllers.' }),
    profile: switchFlag({ default: false, group: 'General', help: 'Profile.', hidden: true }),
    pollInterval: durationFlag({ default: '60s', positive: true, group: 'General', help: 'How often.' }),
    resourcesToSync: listFlag({ default: ['deployments.apps'], group: 'General', help: 'What to sync.' }),
    tokenFile: textFlag({ default: '', group: 'General', help: 'Tokens.' }),
  },
  ignored: ['embedded-etcd-*', 'v', 'feature-gates', 'profiling'],
});

function values(...args: string[]) {
  const parsed = start.parse(args);
  if (parsed.kind !== 'run') throw new Error('help was shown');
  return parsed.values;
}

function problems(...args: string[]): readonly string[] {
  try {
    start.parse(args);
  } catch (thrown) {
    if (thrown instanceof FlagError) return thrown.problems;
    throw thrown;
  }
  return [];
}

describe('flags', () => {
  it('have their defaults', () => {
    expect(values()).toEqual({
      rootDirectory: '.kcp',
      securePort: 6443,
      bindAddress: '0.0.0.0',
      storage: 'lmdb',
      runControllers: true,
      profile: false,
      pollInterval: 60_000,
      resourcesToSync: ['deployments.apps'],
      tokenFile: '',
    });
  });

  it('take their value after a blank or an equals sign', () => {
    const port: number = values('--secure-port', '0').securePort;
    expect(port).toBe(0);
    expect(values('--secure-port=8443').securePort).toBe(8443);
    expect(values('--root-directory=a=b').rootDirectory).toBe('a=b');
    expect(values('--root-directory', '0123').rootDirectory).toBe('0123');
    expect(values('--root-directory', '/a b').rootDirectory).toBe('/a b');
    expect(values('--root-directory=').rootDirectory).toBe('');
    expect(values('--poll-interval', '1h30m0.5s').pollInterval).toBe(5_400_500);
  });

  it('that switch need none', () => {
    expect(values('--profile').profile).toBe(true);
    expect(values('--run-controllers=false', '--profile=true')).toMatchObject({ runControllers: false, profile: true });
    expect(values('--profile', '--secure-port', '1')).toMatchObject({ profile: true, securePort: 1 });
  });

  it('that are lists take commas and repetition; of the others the last counts', () => {
    expect(values('--resources-to-sync=a,b', '--resources-to-sync', 'c').resourcesToSync).toEqual(['a', 'b', 'c']);
    expect(values('--resources-to-sync=').resourcesToSync).toEqual([]);
    expect(values('--secure-port=1', '--secure-port=2').securePort).toBe(2);
  });

  it('whose value cannot be read are named, all at once', () => {
    expect(
      problems('--secure-port=http', '--storage', 'disk', '--poll-interval=0', '--run-controllers=perhaps'),
    ).toEqual([
      'invalid value "http" for --secure-port: must be a whole number',
      expect.stringMatching(/^invalid value "disk" for --storage: .*"lmdb"\|"memory"/),
      'invalid value "perhaps" for --run-controllers: must be true or false',
      'invalid value "0" for --poll-interval: must be more than 0',
    ]);
    expect(problems('--secure-port=65536')).toEqual(['invalid value "65536" for --secure-port: must be at most 65535']);
    expect(problems('--poll-interval=soon')[0]).toContain('must be a duration');
  });

  it('without their value are an error', () => {
    expect(problems('--secure-port')).toEqual([expect.stringContaining('secure-port')]);
    expect(problems('--root-directory', '--profile')).toEqual([expect.stringContaining('root-directory')]);
  });
});

describe('texts that may have commas', () => {
  const texts = defineFlags({
    usage: 'x',
    summary: 'X.',
    flags: { pair: textsFlag({ default: [], group: 'General', help: 'Pairs.', placeholder: 'cert,key' }) },
  });
  const pairs = (...args: string[]) => {
    const parsed = texts.parse(args);
    return parsed.kind === 'run' ? parsed.values.pair : [];
  };

  it('come by repetition only, in order', () => {
    expect(pairs()).toEqual([]);
    expect(pairs('--pair', 'a,b', '--pair=c,d:e')).toEqual(['a,b', 'c,d:e']);
    expect(pairs('--pair=')).toEqual([]);
    expect(texts.listing()).toMatch(/--pair cert,key\n/);
  });
});

describe('other arguments', () => {
  it('that are unknown flags are an error that names the nearest', () => {
    expect(problems('--secure-prot=1')).toEqual(['unknown flag: --secure-prot; did you mean --secure-port?']);
    expect(problems('--rootDirectory', 'x')).toEqual(['unknown flag: --rootDirectory; did you mean --root-directory?']);
    expect(problems('--no-profile')[0]).toMatch(/^unknown flag: --no-profile; did you mean --profile\?$/);
    expect(problems('-x')[0]).toMatch(/^unknown flag: -x; /);
    for (const trap of ['--constructor', '--__proto__=1', '-toString'])
      expect(problems(trap)).toEqual([`unknown flag: ${trap}`]);
  });

  it('that are words are an error', () => {
    expect(problems('now', '--profile', '--', 'later')).toEqual([
      'unexpected argument: now',
      'unexpected argument: later',
    ]);
  });

  it('that are another program’s flags are ignored, with a line each', () => {
    const parsed = start.parse([
      '--embedded-etcd-client-port=2379',
      '--embedded-etcd-wal-size-bytes',
      '5000',
      '-v',
      '4',
      '--feature-gates=A=true',
      '--feature-gates=B=true',
      '--profiling',
      '--secure-port=1',
    ]);
    expect(parsed).toMatchObject({
      kind: 'run',
      values: { securePort: 1 },
      warnings: [
        'flag --embedded-etcd-client-port has no meaning here and is ignored',
        'flag --embedded-etcd-wal-size-bytes has no meaning here and is ignored',
        'flag -v has no meaning here and is ignored',
        'flag --feature-gates has no meaning here and is ignored',
        'flag --profiling has no meaning here and is ignored',
      ],
    });
    expect(start.parse(['--v=4'])).toMatchObject({ warnings: [expect.any(String)] });
    expect(start.parse(['-v4'])).toMatchObject({ warnings: [expect.any(String)] });
  });
});

describe('help', () => {
  it('shows the flags under their groups, without the hidden ones', () => {
    expect(start.parse(['--secure-port=x', '--help'])).toEqual({ kind: 'help', text: start.help() });
    expect(start.parse(['-h'])).toEqual({ kind: 'help', text: start.help() });
    expect(start.help()).toMatch(/^Starts the server\.\n\nUsage:\n {2}kcp start \[flags\]\n\nGeneral flags:\n/);
    expect(start.help()).not.toContain('--profile');
  });

  it('lists all with their defaults', () => {
    expect(start.listing()).toBe(
      [
        'General flags:',
        '',
        '      --root-directory string',
        '                Where everything is kept. (default ".kcp")',
        '      --storage string',
        '                The store. One of: lmdb, memory. (default "lmdb")',
        '      --run-controllers',
        '                Also controllers. (default true)',
        '      --profile',
        '                Profile.',
        '      --poll-interval duration',
        '                How often. (default 60s)',
        '      --resources-to-sync strings',
        '                What to sync. (default [deployments.apps])',
        '      --token-file string',
        '                Tokens.',
        '',
        'Secure serving flags:',
        '',
        '      --secure-port int',
        '                The port. (default 6443)',
        '      --bind-address ip',
        '                The address. (default 0.0.0.0)',
        '',
      ].join('\n'),
    );
  });

  it('wraps long lines', () => {
    const long = textFlag({ default: '', group: 'General', help: 'word '.repeat(60).trim() });
    const text = defineFlags({ usage: '', summary: '', flags: { long } }).listing();
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(text.match(/word/g)).toHaveLength(60);
  });
});

describe('flags among words', () => {
  const command = defineFlags({
    usage: 'ws [flags]',
    summary: 'Workspaces.',
    words: true,
    flags: {
      workspace: textFlag({ default: '', group: 'General', help: 'Where.', short: 'w' }),
      full: switchFlag({ default: false, group: 'General', help: 'All.', short: 'f' }),
    },
  });
  const parse = (line: string) => {
    const parsed = command.parse(line.split(' '));
    if (parsed.kind !== 'run') throw new Error('help was shown');
    return parsed;
  };

  it('leave words as they are', () => {
    expect(parse('- .. ~ :root:a 0123').words).toEqual(['-', '..', '~', ':root:a', '0123']);
  });

  it('have letters', () => {
    for (const line of ['-w .. -f', '-w=.. --full', '-fw ..', '--workspace .. -f=true'])
      expect(parse(line)).toMatchObject({ values: { workspace: '..', full: true }, words: [] });
  });

  it('that are switches take no word for their value', () => {
    expect(parse('--full a')).toMatchObject({ values: { full: true }, words: ['a'] });
    expect(parse('-f false')).toMatchObject({ values: { full: true }, words: ['false'] });
    expect(parse('--full=false a')).toMatchObject({ values: { full: false }, words: ['a'] });
  });

  it('end at two dashes', () => {
    expect(parse('a -- -w --full b')).toMatchObject({
      words: ['a'],
      rest: ['-w', '--full', 'b'],
      values: { full: false },
    });
  });

  it('are errors where nobody knows their letter', () => {
    expect(() => parse('-z')).toThrow(/^unknown flag: -z; /);
  });

  it('show their letter in help', () => {
    expect(command.help()).toContain('      -w, --workspace string\n');
  });
});

it('what follows two dashes is unexpected where words are', () => {
  expect(problems('--', '--secure-port')).toEqual(['unexpected argument: --secure-port']);
});
