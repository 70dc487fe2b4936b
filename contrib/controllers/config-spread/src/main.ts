import { createLogger, createMeter, FlagError, nodeVersionProblem, untilSignal } from '@kcp/process';
import { spreadFlags, type SpreadFlags } from './flags.ts';

const fail = (text: string): number => (process.stderr.write(`${text}\n`), 1);

process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  const unfit = nodeVersionProblem();
  if (unfit !== undefined) return fail(`error: ${unfit}`);
  try {
    const parsed = spreadFlags.parse(args);
    if (parsed.kind === 'run') return await serve(parsed.values);
    process.stdout.write(parsed.text);
    return 0;
  } catch (error) {
    if (error instanceof FlagError) return fail(error.problems.map((problem) => `error: ${problem}`).join('\n'));
    return fail(`error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function serve(flags: SpreadFlags): Promise<number> {
  const { startSpreading } = await import('./wiring.ts');
  const stop = new AbortController();
  const logger = await createLogger({ level: flags.logLevel, format: flags.loggingFormat });
  const signalled = untilSignal({ force: () => process.exit(1), end: stop.signal });
  const running = await startSpreading(flags, {
    logger,
    meter: await createMeter({ processMetrics: true }),
    environment: process.env,
    signal: stop.signal,
  });
  process.stdout.write(`probes: ${running.probesUrl}\n`);
  const signal = await Promise.race([signalled, running.ended]);
  if (signal !== undefined) logger.info('stopping', { signal });
  stop.abort();
  await running.ended;
  return 0;
}
