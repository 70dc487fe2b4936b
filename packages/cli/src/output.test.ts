import { describe, expect, it } from '@jest/globals';
import { streamOutput, type TextSink } from './output.ts';

function sink(isTTY: boolean): TextSink & { text: string } {
  return {
    isTTY,
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

describe('output to streams', () => {
  it('puts results on one, everything else on the other', () => {
    const [out, err] = [sink(true), sink(true)];
    const output = streamOutput(out, err);
    output.print('done');
    output.note('Warning: slow');
    expect([out.text, err.text]).toEqual(['done\n', 'Warning: slow\n']);
  });

  it('shows what it waits for on a terminal, and takes it away before it says anything', () => {
    const [out, err] = [sink(true), sink(true)];
    const output = streamOutput(out, err);
    output.waiting('one');
    output.waiting('two');
    output.print('ready');
    output.waiting('');
    expect(err.text).toBe('one\r\u001B[Ktwo\r\u001B[K');
    expect(out.text).toBe('ready\n');
  });

  it('shows nothing of it where standard error is a file', () => {
    const [out, err] = [sink(true), sink(false)];
    const output = streamOutput(out, err);
    output.waiting('one');
    output.waiting('');
    expect(err.text).toBe('');
  });
});
