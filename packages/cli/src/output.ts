/** Where a command says what it did. Results go to standard output, since scripts read them; everything else beside it. */
export interface Output {
  /** A line of the result. */
  print(line: string): void;
  /** A line beside the result: a warning, a hint. */
  note(line: string): void;
  /**
   * What the command waits for, shown until something else is; nothing where nobody looks. An empty text takes it away.
   */
  waiting(text: string): void;
}

/** What lines are written to: a stream of Node. */
export interface TextSink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Output to a program's streams. What is waited for is shown on a terminal only, in one line that is written over. */
export function streamOutput(out: TextSink, err: TextSink): Output {
  let shown = false;
  const clear = (): void => {
    if (shown) err.write('\r\u001B[K');
    shown = false;
  };
  return {
    print: (line) => {
      clear();
      out.write(`${line}\n`);
    },
    note: (line) => {
      clear();
      err.write(`${line}\n`);
    },
    waiting: (text) => {
      clear();
      if (err.isTTY !== true || text === '') return;
      err.write(text);
      shown = true;
    },
  };
}
