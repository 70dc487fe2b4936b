import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.ts';
import type { LoggerOptions } from './logger.ts';

async function recorded(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const output = { write: (line: string) => lines.push(line) };
  return { lines, logger: await createLogger({ level: 'info', format: 'json', output, ...options }) };
}

describe('a JSON line', () => {
  it('has time, level, message and fields', async () => {
    const { lines, logger } = await recorded();
    logger.info('served', { code: 200, big: 2n ** 60n, text: 'a\nb' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/\}\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      message: 'served',
      code: 200,
      big: Number(2n ** 60n),
      text: 'a\nb',
    });
  });

  it('shows errors with what caused them', async () => {
    const { lines, logger } = await recorded();
    logger.error('failed', { error: new TypeError('outer', { cause: new Error('inner') }) });
    const shown = JSON.parse(lines[0] ?? '');
    expect(shown.error).toMatchObject({ type: 'TypeError', message: 'outer', cause: { message: 'inner' } });
    expect(shown.error.stack).toContain('logger.test');
  });

  it('has the fields of its logger and of the ones before', async () => {
    const { lines, logger } = await recorded();
    logger.child({ package: 'http' }).child({ part: 'door' }).warn('slow');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', package: 'http', part: 'door', message: 'slow' });
  });
});

describe('a logger', () => {
  it.each([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ] as const)('of level %s writes %d of four levels', async (level, count) => {
    const { lines, logger } = await recorded({ level });
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    expect(lines).toHaveLength(count);
  });

  it('in text writes a line for people', async () => {
    const { lines, logger } = await recorded({ format: 'text' });
    logger.info('started', { port: 6443, path: '/a b', list: [1], nothing: null, empty: '' });
    expect(lines[0]?.replace(/^\S+/, 'TIME')).toBe(
      'TIME INFO  started port=6443 path="/a b" list=[1] nothing=null empty=""\n',
    );
    logger.error('failed', { error: new Error('no such thing') });
    expect(lines[1]).toMatch(/ERROR failed error="no such thing"\nError: no such thing\n +at /);
  });
});
