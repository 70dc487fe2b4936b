import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openWire } from '@kcp/testing';
import { runScenarios, tally, tallyLine } from '../scenario-run.ts';
import { startScenarioServer } from '../scenario-server.ts';
import { installAll } from './install-all.ts';

const { values: options } = parseArgs({
  options: {
    scenarios: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    storage: { type: 'string', default: 'lmdb' },
    json: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(`usage: npm run realworld -- --scenarios DIR
  --only TEXT      only projects whose name holds TEXT
  --storage NAME   lmdb or memory (lmdb)
  --json FILE      write every check with expected and actual
  --verbose        show every difference`);
} else if (options.scenarios === '' || !existsSync(join(options.scenarios, 'run.mjs'))) {
  console.log(
    `not run: realworld: ${options.scenarios || 'no folder given; name one with --scenarios'}${options.scenarios && ' holds no projects'}`,
  );
} else {
  process.exitCode = await play(resolve(options.scenarios));
}

async function play(folder: string): Promise<number> {
  await using server = await startScenarioServer('--storage', options.storage);
  const { url, certificateAuthority: authority } = server.process;
  using wire = openWire({ url: `${url}/clusters/everything`, token: 'admin-token', authority });
  const { accepted, served, all, problems } = await installAll(wire, {
    data: join(folder, 'data'),
    only: options.only,
  });
  for (const problem of problems) console.log(`✗ ${problem}`);
  console.log(`definitions: ${all}, accepted: ${accepted}, served: ${served}`);
  const results = await runScenarios(server, {
    folder,
    prefix: '/clusters/root',
    only: options.only,
    verbose: options.verbose,
  });
  if (options.json !== undefined) await writeFile(options.json, JSON.stringify(results, null, 1));
  for (const result of results) {
    if (result.broke) console.log(`! ${result.name} stopped: ${result.broke}`);
    console.log(tallyLine(result.name, tally([result])));
  }
  console.log(tallyLine('all', tally(results)));
  return served === all ? 0 : 1;
}
