import { isArray, type Json, type JsonObject, type KubeObject, stringifyJson } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { StoredObject } from '@kcp/object-store';
import type { Exchange } from '../exchange.ts';
import { writeYaml } from '../media/yaml.ts';
import { yamlText } from '../offload/write-yaml.ts';
import { decoded } from '../present/render.ts';
import { contentTypes, headersFor } from '../present/respond.ts';
import type { ServedResource } from '../served-resource.ts';
import { breathe } from './breathe.ts';

/** How many objects, and bytes of them, are written at a time; between them others have their turn. */
const PAGE = { objects: 500, bytes: 256 * 1024 };

/** How a list is written from values. */
export interface ListForm {
  readonly resource: ServedResource;
  /** The list of these objects. */
  readonly make: (objects: readonly KubeObject[]) => JsonObject;
  /** Where the list has its objects: the only member that is different for different objects. */
  readonly member: 'items' | 'rows';
  readonly format: 'json' | 'yaml' | 'pretty';
}

/** A text that goes around the members, in two parts, and how members are written. */
interface Script {
  /** An envelope in which the member is an empty list; the part after it begins where the list ends. */
  around(envelope: JsonObject, member: string): readonly [before: string, after: string];
  members(values: readonly Json[], bytes: number, exchange: Exchange): string | Promise<string>;
  readonly separator: string;
}

/** Answers with a list that is written from values, page by page, so that a long one holds nobody up. */
export async function respondWrittenList(
  exchange: Exchange,
  objects: readonly StoredObject[],
  { resource, make, member, format }: ListForm,
): Promise<Response> {
  const script = scripts[format];
  const pieces: Buffer[] = [];
  for (const page of pages(objects)) {
    const values = make(await decoded(resource, page.objects))[member];
    const text = await script.members(isArray(values) ? values : [], page.bytes, exchange);
    pieces.push(Buffer.from(pieces.length > 0 ? script.separator + text : text));
    await breathe();
  }
  const headers = headersFor(exchange, { 'content-type': contentTypes[format === 'yaml' ? 'yaml' : 'json'] });
  const [before, after] = pieces.length > 0 ? script.around(make([]), member) : [emptyList(make([]), format), ''];
  return { status: 200, headers, body: [Buffer.from(before), ...pieces, Buffer.from(after)] };
}

interface Page {
  readonly objects: readonly StoredObject[];
  readonly bytes: number;
}

function* pages(objects: readonly StoredObject[]): Iterable<Page> {
  let page: StoredObject[] = [];
  let bytes = 0;
  for (const object of objects) {
    page.push(object);
    bytes += object.jsonSize;
    if (page.length < PAGE.objects && bytes < PAGE.bytes) continue;
    yield { objects: page, bytes };
    page = [];
    bytes = 0;
  }
  if (page.length > 0) yield { objects: page, bytes };
}

function emptyList(list: JsonObject, format: ListForm['format']): string {
  return format === 'yaml' ? writeYaml(list) : `${stringifyJson(list, format === 'pretty' ? 2 : undefined)}\n`;
}

const scripts: Readonly<Record<ListForm['format'], Script>> = {
  json: {
    around: (envelope, member) => split(`${stringifyJson(envelope)}\n`, `"${member}":[`, ''),
    members: (values) => stringifyJson(values).slice(1, -1),
    separator: ',',
  },
  pretty: {
    around: (envelope, member) => split(`${stringifyJson(envelope, 2)}\n`, `"${member}": [`, '\n  '),
    // texts hold no line breaks in JSON: each one begins a line of the layout
    members: (values) => stringifyJson(values, 2).slice(1, -2).replaceAll('\n', '\n  '),
    separator: ',',
  },
  yaml: {
    // nothing but a key of the list itself begins a line
    around: (envelope, member) => {
      const [before, after] = split(`\n${writeYaml(envelope)}`, `\n${member}:`, '');
      return [`${before.slice(1)}\n`, after.slice(' []\n'.length)];
    },
    members: (values, bytes, exchange) => yamlText(exchange, values, bytes),
    separator: '',
  },
};

/** The text up to the end of a mark, and what follows with something before it. A mark has a quote or a line break that no tenant's text can have. */
function split(text: string, mark: string, gap: string): readonly [string, string] {
  const at = text.lastIndexOf(mark) + mark.length;
  return [text.slice(0, at), gap + text.slice(at)];
}
