import { readFile, writeFile } from 'node:fs/promises';

/** One turn of a conversation, as it stands in the text. */
export interface TranscriptStep {
  readonly command: string;
  readonly arguments: readonly string[];
  /** The lines between the command and `----`. */
  readonly input: string;
}

/** Does what a command says, and gives the lines that can be observed. What it throws becomes `error: …`. */
export type TranscriptCommand = (step: TranscriptStep) => string | Promise<string>;
export type TranscriptCommands = Readonly<Record<string, TranscriptCommand>>;

/** What stands in the file, and what was observed. Equal where the conversation went as written. */
export interface TranscriptCheck {
  readonly expected: string;
  readonly observed: string;
}

const BAR = '----';

/**
 * Plays a conversation again and gives its text anew. Blocks are separated by blank lines; a block is a command with its
 * arguments, input lines, `----`, and the observed lines. Blocks that begin with `#` are prose and stay.
 */
export async function playTranscript(text: string, commands: TranscriptCommands): Promise<string> {
  const blocks: string[] = [];
  for (const block of text.trim().split(/\n(?:[ \t]*\n)+/))
    blocks.push(block.startsWith('#') ? block : await playBlock(block, commands));
  return `${blocks.join('\n\n')}\n`;
}

async function playBlock(block: string, commands: TranscriptCommands): Promise<string> {
  const lines = block.split('\n');
  const bar = lines.indexOf(BAR);
  const asked = bar < 0 ? lines : lines.slice(0, bar);
  const observed = await observe(asked, commands);
  const shown = observed
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  return [...asked, BAR, ...shown].join('\n');
}

async function observe([first = '', ...input]: readonly string[], commands: TranscriptCommands): Promise<string> {
  const [command = '', ...rest] = first.trim().split(/\s+/);
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run) throw new Error(`a transcript has no command ${command}; it knows ${Object.keys(commands).join(', ')}`);
  try {
    return await run({ command, arguments: rest, input: input.join('\n') });
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Plays the transcript in a file; with `update` what was observed is written into it, for a human to read the difference. */
export async function checkTranscript(
  file: string,
  commands: TranscriptCommands,
  { update = false } = {},
): Promise<TranscriptCheck> {
  const text = await readFile(file, 'utf8');
  const observed = await playTranscript(text, commands);
  if (update && observed !== text) await writeFile(file, observed);
  return { expected: update ? observed : text, observed };
}
