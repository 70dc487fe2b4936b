import { describe, expect, it } from '@jest/globals';
import { drawTree, type DrawnNode } from './tree-drawing.ts';

const node = (text: string, ...children: DrawnNode[]): DrawnNode => ({ cells: text.split('|'), children });

describe('a tree', () => {
  it('has a dot at the top', () => expect(drawTree([])).toEqual(['.']));

  it('has lines where more follows, blanks where nothing does', () => {
    const tree = node('a', node('b', node('c', node('d')), node('e')), node('f', node('g')));
    expect(drawTree([tree])).toEqual([
      '.',
      '└── a',
      '    ├── b',
      '    │   ├── c',
      '    │   │   └── d',
      '    │   └── e',
      '    └── f',
      '        └── g',
    ]);
  });

  it('puts columns under each other until a line has none', () => {
    const tree = node(
      'a|ws=-|lc=Ready',
      node('longer|ws=Ready|lc=Ready'),
      node('m [m]'),
      node('b|ws=Ready|lc=Unknown'),
    );
    expect(drawTree([tree])).toEqual([
      '.',
      '└── a           ws=-      lc=Ready',
      '    ├── longer  ws=Ready  lc=Ready',
      '    ├── m [m]',
      '    └── b  ws=Ready  lc=Unknown',
    ]);
  });
});
