import { createLogger, nodeVersionProblem, untilSignal } from '@kcp/process';
import { explain } from './failure.ts';
import { overview, startFlags, type StartFlags } from './flags.ts';

const say = (text: string): number => (process.stdout.write(text), 0);
const fail = (text: string): number => (process.stderr.write(`${text}\n`), 1);

process.exitCode = await run(process.argv.slice(2));

async function run([command = 'help', ...rest]: readonly string[]): Promise<number> {
  const unfit = nodeVersionProblem();
  if (unfit !== undefined) return fail(`error: ${unfit}`);
  if (['help', '--help', '-h'].includes(command)) return say(overview);
  if (command !== 'start') return fail(`error: unknown command: ${command}; did you mean kcp start?`);
  if (rest.length === 1 && rest[0] === 'options') return say(startFlags.listing());
  try {
    const parsed = startFlags.parse(rest);
    return parsed.kind === 'help' ? say(parsed.text) : await serve(parsed.values, parsed.warnings);
  } catch (error) {
    return fail(explain(error));
  }
}

async function serve(flags: StartFlags, warnings: readonly string[]): Promise<number> {
  for (const warning of warnings) fail(`warning: ${warning}`);
  const stopped = untilSignal({ force: () => process.exit(1) });
  const logger = await createLogger({ level: flags.logLevel, format: flags.loggingFormat });
  try {
    const { announcement, startWith } = await import('./wiring.ts');
    await using server = await startWith(flags, logger);
    say(announcement(server, flags));
    logger.info('stopping', { signal: await stopped });
  } catch (error) {
    logger.debug('start failed', { error });
    return fail(explain(error, flags));
  }
  return 0;
}
