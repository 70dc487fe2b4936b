import { listType, mapType, opaqueType, optionalType, paramType, types, typeType } from '../values/type.ts';
import type { CelType } from '../values/type.ts';

/** What an overload takes and gives. */
export interface Signature {
  /** Written as a method: the first argument stands before the dot. */
  readonly member: boolean;
  readonly args: readonly CelType[];
  readonly result: CelType;
  /** The type parameters that occur. */
  readonly params: readonly string[];
}

const simple: Readonly<Record<string, CelType>> = {
  dyn: types.dyn,
  null: types.null,
  bool: types.bool,
  int: types.int,
  uint: types.uint,
  double: types.double,
  string: types.string,
  bytes: types.bytes,
  timestamp: types.timestamp,
  duration: types.duration,
  type: types.type,
};

/** Reads `(int, int) -> int` or `string.(string) -> bool`; one capital letter is a type parameter, a dotted name a library's type. */
export function signature(text: string): Signature {
  const reader = new TypeReader(text);
  const member = !text.startsWith('(');
  const args = member ? [reader.type()] : [];
  if (member) reader.eat('.');
  reader.eat('(');
  while (!reader.accept(')')) {
    args.push(reader.type());
    reader.accept(',');
  }
  reader.eat('->');
  const result = reader.type();
  return { member, args, result, params: [...reader.params] };
}

class TypeReader {
  readonly params = new Set<string>();
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(/->|[A-Za-z_0-9]+(?:\.[A-Za-z_0-9]+)*|[(),.]/g) ?? [];
  }

  accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  eat(token: string): void {
    if (!this.accept(token)) throw new TypeError(`bad signature at ${this.#at}: ${this.#tokens.join(' ')}`);
  }

  type(): CelType {
    const name = this.#tokens[this.#at] ?? '';
    this.#at += 1;
    if (/^[A-Z]$/.test(name)) {
      this.params.add(name);
      return paramType(name);
    }
    const params: CelType[] = [];
    if (this.accept('(')) {
      while (!this.accept(')')) {
        params.push(this.type());
        this.accept(',');
      }
    }
    return named(name, params);
  }
}

function named(name: string, params: readonly CelType[]): CelType {
  const [first = types.dyn, second = types.dyn] = params;
  if (name === 'list') return listType(first);
  if (name === 'map') return mapType(first, second);
  if (name === 'optional') return optionalType(first);
  if (name === 'type' && params.length > 0) return typeType(first);
  return Object.hasOwn(simple, name) ? (simple[name] ?? types.dyn) : opaqueType(name, params);
}
