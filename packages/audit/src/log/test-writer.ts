// Writes numbered lines of JSON to a log until it is killed or a write fails; says when it has begun, and how it ended.
import { LineQueue } from './line-queue.ts';
import { RotatingFile } from './rotating-file.ts';

const [path = ''] = process.argv.slice(2);
const settings = { maxBytes: 0, maxAgeDays: 0, maxBackups: 0, compress: false };
const file = await RotatingFile.open({ path, ...settings, clock: () => Date.now(), onTrouble: () => {} });
const queue = new LineQueue(file);
const filler = 'x'.repeat(300);

for (let number = 0; ; number += 20) {
  const numbers = Array.from({ length: 20 }, (_, at) => number + at);
  const errors = await Promise.all(numbers.map((n) => queue.write(`${JSON.stringify({ number: n, filler })}\n`)));
  if (number === 0) process.stdout.write('begun\n');
  const failure = errors.find((error) => error !== undefined);
  if (failure === undefined) continue;
  process.stdout.write(`${JSON.stringify({ written: number, code: Object(failure).code })}\n`);
  break;
}
