import { macroTable } from '../syntax/macro.ts';
import type { Macro } from '../syntax/macro.ts';
import type { SyntaxOptions } from '../syntax/parser.ts';
import { typeType } from '../values/type.ts';
import type { CelType } from '../values/type.ts';
import type { FunctionDeclaration, Library, Overload, VariableDeclaration } from './declaration.ts';
import { noTypes } from './provider.ts';
import type { TypeProvider } from './provider.ts';

/** What an environment is made of. */
export interface EnvironmentOptions {
  readonly libraries: readonly Library[];
  readonly variables?: readonly VariableDeclaration[];
  readonly provider?: TypeProvider;
  /** The namespace in which names are looked up first. */
  readonly container?: string;
  /** `1 < 1.5`, `1 < 2u`; Kubernetes allows it. Default true. */
  readonly crossTypeNumericComparisons?: boolean;
  /** Literals that could never work are refused: durations, patterns, lists of mixed types. Kubernetes: true. Default false. */
  readonly strictLiterals?: boolean;
  /** Fields in back quotes. Default true. */
  readonly escapedIdentifiers?: boolean;
}

/** A name that is found: a variable or a type. */
export interface ResolvedName {
  readonly name: string;
  readonly type: CelType;
  /** Where the name is a type. */
  readonly value?: CelType;
}

const crossType = /_(?:int64_double|int64_uint64|uint64_double|uint64_int64|double_int64|double_uint64)$/;

/** The language an expression is written in: its libraries, variables and types. Immutable; extend() makes another. */
export class Environment {
  readonly syntax: SyntaxOptions;
  readonly container: string;
  readonly provider: TypeProvider;
  readonly strictLiterals: boolean;
  readonly #options: EnvironmentOptions;
  /** Found out when first asked for: a program that compiles no expression need not read all declarations as it starts. */
  readonly #functions: () => ReadonlyMap<string, FunctionDeclaration>;
  readonly #variables = new Map<string, CelType>();
  readonly #types = new Map<string, CelType>();

  constructor(options: EnvironmentOptions, base?: Environment) {
    this.#options = options;
    this.container = options.container ?? '';
    this.provider = options.provider ?? noTypes;
    this.strictLiterals = options.strictLiterals ?? false;
    const shared = base !== undefined && base.#options.libraries === options.libraries;
    this.#functions = shared ? base.#functions : once(() => mergeFunctions(options));
    this.syntax = shared ? base.syntax : syntaxOf(options);
    for (const variable of options.variables ?? []) this.#variables.set(variable.name, variable.type);
    if (shared) this.#types = base.#types;
    else
      for (const type of options.libraries.flatMap((library) => library.types ?? [])) this.#types.set(type.name, type);
  }

  /** The same language with more variables, or other types. */
  extend(more: Pick<EnvironmentOptions, 'variables' | 'provider' | 'container'>): Environment {
    const variables = [...(this.#options.variables ?? []), ...(more.variables ?? [])];
    return new Environment({ ...this.#options, ...more, variables }, this);
  }

  /** The function of a name as written, in the container or outside. */
  findFunction(name: string): FunctionDeclaration | undefined {
    return this.#resolve(name, (candidate) => this.#functions().get(candidate));
  }

  /** The variable or type of a name as written. */
  findName(name: string): ResolvedName | undefined {
    return this.#resolve(name, (candidate) => {
      const type = this.#variables.get(candidate);
      return type === undefined ? this.#findType(candidate) : { name: candidate, type };
    });
  }

  /** The type of a name as written. */
  findTypeName(name: string): ResolvedName | undefined {
    return this.#resolve(name, (candidate) => this.#findType(candidate));
  }

  /** The names that a name may stand for, the most specific first. */
  candidates(name: string): readonly string[] {
    if (name.startsWith('.')) return [name.slice(1)];
    const out: string[] = [];
    for (let scope = this.container; scope !== ''; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('.')))) {
      out.push(`${scope}.${name}`);
    }
    return [...out, name];
  }

  #findType(name: string): ResolvedName | undefined {
    const type = this.#types.get(name) ?? this.provider.findStruct(name)?.type;
    return type && { name, type: typeType(type), value: type };
  }

  #resolve<T>(name: string, find: (candidate: string) => T | undefined): T | undefined {
    for (const candidate of this.candidates(name)) {
      const found = find(candidate);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function mergeFunctions(options: EnvironmentOptions): ReadonlyMap<string, FunctionDeclaration> {
  const merged = new Map<string, Map<string, Overload>>();
  for (const declared of options.libraries.flatMap((library) => library.functions ?? [])) {
    const overloads = merged.get(declared.name) ?? new Map<string, Overload>();
    for (const overload of declared.overloads) {
      if (options.crossTypeNumericComparisons === false && crossType.test(overload.id) && overload.args.length === 2)
        continue;
      overloads.set(overload.id, overload);
    }
    merged.set(declared.name, overloads);
  }
  return new Map([...merged].map(([name, overloads]) => [name, { name, overloads: [...overloads.values()] }]));
}

function syntaxOf({ libraries, escapedIdentifiers = true }: EnvironmentOptions): SyntaxOptions {
  const macros: readonly Macro[] = libraries.flatMap((library) => library.macros ?? []);
  return {
    macros: macroTable(macros),
    optionalSyntax: libraries.some((library) => library.optionalSyntax === true),
    escapedIdentifiers,
  };
}
