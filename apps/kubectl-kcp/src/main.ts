import { chooseCommand, completeWords, FlagError, formatCandidates, nodeVersionProblem } from '@kcp/process';
import { programs, type Program } from './programs.ts';
import { version } from './version.ts';

const [name = '', ...words] = process.argv.slice(2);
const program = programs[name];

// who reads the output may have read enough
process.stdout.on('error', () => process.exit());
process.exitCode = program ? await run(program, words) : fail(`error: there is no program ${name}`);

async function run({ root, path, errorPrefix }: Program, args: readonly string[]): Promise<number> {
  const unfit = nodeVersionProblem();
  if (unfit !== undefined) return fail(errorPrefix + unfit);
  if (args[0] === '__complete') return say(formatCandidates(await completeWords(root, args.slice(1))));
  if (args[0] === '--version') return say(`${path} version ${version}\n`);
  const chosen = chooseCommand(root, args, path);
  const { deprecated } = chosen.command;
  if (deprecated !== undefined) fail(`Command "${chosen.command.name}" is deprecated, ${deprecated}`);
  try {
    const ready = chosen.command.ready(chosen.args, chosen.path);
    return ready.kind === 'help' ? say(ready.text) : await ready.run();
  } catch (error) {
    if (error instanceof FlagError) return fail(errorPrefix + error.message);
    const { explainFailure } = await import('@kcp/cli');
    return fail(errorPrefix + explainFailure(error));
  }
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function fail(text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}
