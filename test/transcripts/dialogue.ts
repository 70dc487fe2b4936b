import { isObject, own, stringifyJson, type Json, type JsonObject } from '@kcp/api-machinery';
import {
  settle,
  type TranscriptCommand,
  type TranscriptCommands,
  type TranscriptStep,
  type Wire,
  type WireWatch,
} from '@kcp/testing';

const MEDIA = {
  MERGE: ['PATCH', 'application/merge-patch+json'],
  JSON: ['PATCH', 'application/json-patch+json'],
  APPLY: ['PATCH', 'application/apply-patch+yaml'],
  POST: ['POST', 'application/json'],
  PUT: ['PUT', 'application/json'],
  GET: ['GET', 'application/json'],
  DELETE: ['DELETE', 'application/json'],
} as const;

/**
 * The commands of a conversation with one logical cluster: `POST PATH` and its kind, with a body; `WATCH NAME PATH`;
 * `EVENTS NAME COUNT`, which waits for so many; `UNTIL PATH TEXT`, which reads until the answer holds the text.
 */
export function dialogue(wire: Wire): TranscriptCommands & Disposable {
  const settled = settle();
  const watches = new Map<string, WireWatch>();
  const send = async ({ command, arguments: [path = ''], input }: TranscriptStep): Promise<string> => {
    const [method, contentType] = MEDIA[command as keyof typeof MEDIA];
    const { status, object } = await wire.request(path, { method, contentType, ...(input !== '' && { text: input }) });
    return [String(status), ...outline(settled(object))].join('\n');
  };
  return {
    ...Object.fromEntries(Object.keys(MEDIA).map((name): [string, TranscriptCommand] => [name, send])),
    WATCH: async ({ arguments: [name = '', path = ''] }) => {
      const watch = await wire.watch(path);
      watches.set(name, watch);
      return String(watch.status);
    },
    EVENTS: async ({ arguments: [name = '', count = '1'] }) => {
      const events = (await watches.get(name)?.take(Number(count))) ?? [];
      return events
        .map((event) => [text(own(event, 'type')), ...outline(settled(own(event, 'object') ?? null))].join(' '))
        .join('\n');
    },
    UNTIL: async ({ arguments: [path = '', text = ''] }) => {
      for (let left = 200; left > 0; left -= 1) {
        if ((await wire.request(path)).text.includes(text)) return 'yes';
      }
      return 'no';
    },
    [Symbol.dispose]: () => {
      for (const watch of watches.values()) watch[Symbol.dispose]();
    },
  };
}

/** An object in lines: what it is, then a line for each part that a conversation is about. */
function outline(value: Json): string[] {
  if (!isObject(value)) return [text(value)];
  const of = (name: string): string => text(own(value, name));
  if (of('kind') === 'Status') return [`Status ${of('reason') || of('status')}: ${of('message')}`.trimEnd()];
  const metadata = own(value, 'metadata');
  const { name, generation, resourceVersion }: JsonObject = isObject(metadata) ? metadata : {};
  const head = [of('kind'), text(name), generation && `generation=${text(generation)}`, `at ${text(resourceVersion)}`];
  const parts = Object.entries(value).filter(([key]) => !['kind', 'apiVersion', 'metadata'].includes(key));
  return [head.filter(Boolean).join(' '), ...parts.map(([key, part]) => `  ${key}: ${text(part)}`)];
}

function text(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}
