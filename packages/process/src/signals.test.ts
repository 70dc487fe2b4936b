import { expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { untilSignal } from './signals.ts';

it('resolves with the first signal, and forces with the next', async () => {
  const source = new EventEmitter();
  const forced: string[] = [];
  const first = untilSignal({ source, force: (signal) => forced.push(signal) });
  source.emit('SIGTERM', 'SIGTERM');
  expect(await first).toBe('SIGTERM');
  expect(forced).toEqual([]);
  source.emit('SIGINT', 'SIGINT');
  expect(forced).toEqual(['SIGINT']);
});

it('stops listening at its end', () => {
  const source = new EventEmitter();
  const end = new AbortController();
  void untilSignal({ source, force: () => {}, end: end.signal });
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(2);
  end.abort();
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0);
});
