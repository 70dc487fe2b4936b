export { FakeClock } from './fake-clock.ts';
export { turn } from './turn.ts';
