import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { ArrayList, Double, MapValue, type Value } from '@kcp/cel';

const ESCAPES: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/**
 * Claims as expressions see them. As in Go all numbers are doubles, and `claims.a__dot__b` finds the claim `a.b`
 * (k8s.io/apiserver pkg/cel Unescape), at every depth.
 */
export function claimValue(json: Json): Value {
  if (typeof json === 'number' || typeof json === 'bigint') return new Double(Number(json));
  if (isArray(json)) return new ArrayList(json.map(claimValue));
  return isObject(json) ? new ClaimMap(json) : json;
}

/** An object of a token; values are made when asked for. */
class ClaimMap extends MapValue {
  readonly #object: JsonObject;

  constructor(object: JsonObject) {
    super();
    this.#object = object;
  }

  get size(): number {
    return Object.keys(this.#object).length;
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined;
    const json = own(this.#object, unescaped(key));
    return json === undefined ? undefined : claimValue(json);
  }

  keys(): readonly Value[] {
    return Object.keys(this.#object);
  }
}

/** The name that an escaped one stands for; one without escapes is itself. */
function unescaped(name: string): string {
  if (!name.includes('__')) return name;
  return name.replaceAll(/__([a-z]+)__/g, (whole, word: string) => {
    if (word in ESCAPES) return ESCAPES[word] ?? whole;
    return name === whole ? word : whole;
  });
}
