/** A node of a tree, as it is drawn. */
export interface DrawnNode {
  /** Its cells; of more than one the columns stand under each other. */
  readonly cells: readonly string[];
  readonly children: readonly DrawnNode[];
}

/** Draws nodes under a dot, a line each. */
export function drawTree(nodes: readonly DrawnNode[]): readonly string[] {
  return alignColumns([['.'], ...drawChildren(nodes, '')]);
}

function drawChildren(nodes: readonly DrawnNode[], indent: string): readonly (readonly string[])[] {
  return nodes.flatMap(({ cells: [name = '', ...further], children }, at) => {
    const last = at === nodes.length - 1;
    const line = [`${indent}${last ? '└──' : '├──'} ${name}`, ...further];
    return [line, ...drawChildren(children, `${indent}${last ? '    ' : '│   '}`)];
  });
}

/**
 * Puts cells under each other, two blanks apart. A line that has no cell in a column ends that column: what follows has a width of its
 * own (as with Go's tabwriter, which draws this table in kcp's plugin).
 */
function alignColumns(lines: readonly (readonly string[])[]): readonly string[] {
  const texts = lines.map((cells) => cells[0] ?? '');
  const columns = Math.max(...lines.map((cells) => cells.length));
  for (let column = 1; column < columns; column += 1) {
    for (const run of runs(lines, column)) {
      const width = Math.max(...run.map((at) => (lines[at]?.[column - 1] ?? '').length)) + 2;
      for (const at of run) {
        const missing = width - (lines[at]?.[column - 1] ?? '').length;
        texts[at] += `${' '.repeat(missing)}${lines[at]?.[column] ?? ''}`;
      }
    }
  }
  return texts;
}

/** The lines that have a cell in a column, in runs without a gap. */
function runs(lines: readonly (readonly string[])[], column: number): readonly (readonly number[])[] {
  const found: number[][] = [];
  for (const [at, cells] of lines.entries()) {
    if (cells.length <= column) continue;
    const last = found.at(-1);
    if (last?.at(-1) === at - 1) last.push(at);
    else found.push([at]);
  }
  return found;
}
