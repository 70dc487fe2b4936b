import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import { bindMacro, twoVariableMacros } from '../syntax/standard-macros.ts';
import { asBytes, asMap, asString } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { MapBuilder } from '../values/map.ts';

/** `cel.bind`. */
export const bindingsLibrary: Library = { name: 'bindings', macros: [bindMacro] };

/** Loops with index and item, or key and value. */
export const twoVariableLibrary: Library = {
  name: 'comprehensions',
  macros: twoVariableMacros,
  functions: [
    declare(
      'cel.@mapInsert',
      [
        '@mapInsert_map_key_value',
        '(map(K, V), K, V) -> map(K, V)',
        (map, key = null, value = null) => {
          const builder = new MapBuilder();
          builder.addAll(asMap(map));
          builder.add(key, value);
          return builder.build();
        },
      ],
      [
        '@mapInsert_map_map',
        '(map(K, V), map(K, V)) -> map(K, V)',
        (map, more) => {
          const builder = new MapBuilder();
          builder.addAll(asMap(map));
          builder.addAll(asMap(more));
          return builder.build();
        },
      ],
    ),
  ],
};

/** `base64.encode` and `base64.decode`. */
export const encodersLibrary: Library = {
  name: 'encoders',
  functions: [
    declare('base64.encode', ['base64_encode_bytes', '(bytes) -> string', (a) => encodeBase64(asBytes(a))]),
    declare('base64.decode', ['base64_decode_string', '(string) -> bytes', (a) => decodeBase64(asString(a))]),
  ],
};

function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Padding may be missing, but nothing else. Throws Fault. */
export function decodeBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) {
    throw new Fault('illegal base64 data');
  }
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
