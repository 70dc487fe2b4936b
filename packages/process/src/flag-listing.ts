import type { Flag } from './flag.ts';

const width = 110;
const indent = 6;

/** A flag with the name it is given by. */
export interface ListedFlag {
  readonly name: string;
  readonly flag: Flag<unknown>;
}

/** Flags under their groups' headings, in the order of declaration, each with its default. */
export function listFlags(flags: readonly ListedFlag[]): string {
  const groups = Map.groupBy(flags, ({ flag }) => flag.group);
  return [...groups].map(([group, members]) => `${group} flags:\n\n${members.map(entry).join('')}`).join('\n');
}

function entry({ name, flag }: ListedFlag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const head = `${' '.repeat(indent)}${short}--${name}${flag.placeholder && ` ${flag.placeholder}`}`;
  const tail = shownDefault(flag);
  const lines = wrapped(`${flag.help}${tail && ` ${tail}`}`, width - 2 * indent - 4);
  return `${head}\n${lines.map((line) => `${' '.repeat(2 * indent + 4)}${line}\n`).join('')}`;
}

/** As Go's pflag shows it: nothing for what is empty, off or zero anyway. */
function shownDefault(flag: Flag<unknown>): string {
  if (flag.takes === 'list') return flag.defaultText && `(default [${flag.defaultText}])`;
  if (flag.takes === 'switch') return flag.defaultText === 'true' ? '(default true)' : '';
  if (flag.placeholder === 'string') return flag.defaultText && `(default "${flag.defaultText}")`;
  return flag.defaultText && `(default ${flag.defaultText})`;
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
