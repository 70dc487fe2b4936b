import { createLogger, FlagError, nodeVersionProblem, untilSignal } from '@kcp/process';
import { missing, programFlags, type ProgramFlags } from './flags.ts';

const say = (text: string): number => (process.stdout.write(text), 0);
const fail = (text: string): number => (process.stderr.write(`${text}\n`), 1);

process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  const unfit = nodeVersionProblem();
  if (unfit !== undefined) return fail(`error: ${unfit}`);
  try {
    const parsed = programFlags.parse(args);
    if (parsed.kind === 'help') return say(parsed.text);
    const problems = missing(parsed.values);
    return problems.length > 0 ? fail(problems.map((each) => `error: ${each}`).join('\n')) : await serve(parsed.values);
  } catch (error) {
    const lines =
      error instanceof FlagError ? error.problems : [error instanceof Error ? error.message : String(error)];
    return fail(lines.map((line) => `error: ${line}`).join('\n'));
  }
}

async function serve(flags: ProgramFlags): Promise<number> {
  const stopped = untilSignal({ force: () => process.exit(1) });
  const logger = await createLogger({ level: flags.logLevel, format: flags.loggingFormat });
  const { startWith } = await import('./wiring.ts');
  await using server = await startWith(flags, logger);
  say(`virtual workspaces are served at ${server.url}/services\n`);
  logger.info('stopping', { signal: await stopped });
  return 0;
}
