import { isObject, own, type JsonObject } from '@kcp/api-machinery';
import { textOf } from '../requests/codec.ts';
import type { Sender } from '../requests/sender.ts';
import { AGGREGATED, isAggregated, readAggregated } from './aggregated.ts';
import type { ApiCatalog } from './api-resource.ts';
import { CachedDocument } from './cached-document.ts';
import { readGroups, readPlain } from './plain.ts';
import { RestMapper } from './rest-mapper.ts';

/** What `/version` says. */
export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  /** `v1.36.0+kcp` */
  readonly gitVersion: string;
  readonly platform: string;
}

/** An OpenAPI v3 document of one group and version. */
export interface OpenApiEntry {
  /** `apis/apps/v1` */
  readonly path: string;
  /** Where it is to be had; with a hash of its content. */
  readonly url: string;
}

/** What a server, or one of its logical clusters, offers. Documents are kept and asked for again by their ETag. */
export class Discovery {
  readonly #sender: Sender;
  readonly #core: CachedDocument;
  readonly #named: CachedDocument;
  #last: { readonly core: JsonObject; readonly named: JsonObject; readonly catalog: ApiCatalog } | undefined;
  #running: Promise<ApiCatalog> | undefined;

  constructor(sender: Sender) {
    this.#sender = sender;
    this.#core = new CachedDocument(sender, '/api', AGGREGATED);
    this.#named = new CachedDocument(sender, '/apis', AGGREGATED);
  }

  /**
   * Asks for all groups, versions and resources: aggregated where the server can (two requests), else version by version. Who asks
   * while another one does gets the same answer. Rejects with ApiError.
   */
  catalog(): Promise<ApiCatalog> {
    this.#running ??= this.#ask().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Finds resources by kind, name, short name or category; asks again where it does not know one. */
  mapper(): RestMapper {
    return new RestMapper(() => this.catalog());
  }

  async version(signal?: AbortSignal): Promise<ServerVersion> {
    const object = await this.#sender.object('/version', { signal });
    const text = (name: string): string => textOf(object, name);
    return { major: text('major'), minor: text('minor'), gitVersion: text('gitVersion'), platform: text('platform') };
  }

  /** The OpenAPI v3 documents that there are. */
  async openApiPaths(signal?: AbortSignal): Promise<readonly OpenApiEntry[]> {
    const paths = own(await this.#sender.object('/openapi/v3', { signal }), 'paths');
    if (!isObject(paths)) return [];
    return Object.entries(paths).flatMap(([path, entry]) =>
      isObject(entry) ? [{ path, url: textOf(entry, 'serverRelativeURL') }] : [],
    );
  }

  /** The OpenAPI v3 document of a path (`apis/apps/v1`). Rejects with ApiError NotFound where there is none. */
  openApi(path: string, signal?: AbortSignal): Promise<JsonObject> {
    return this.#sender.object(`/openapi/v3/${path.split('/').map(encodeURIComponent).join('/')}`, { signal });
  }

  async #ask(): Promise<ApiCatalog> {
    const [core, named] = await Promise.all([this.#core.get(), this.#named.get()]);
    const last = this.#last;
    // Plain lists of resources may change although the list of groups does not.
    if (last?.core === core && last.named === named && isAggregated(named)) return last.catalog;
    const catalog =
      isAggregated(core) && isAggregated(named)
        ? joined(readAggregated(core), readAggregated(named))
        : await this.#askPlain(core, named);
    this.#last = { core, named, catalog };
    return catalog;
  }

  /** One of both may be aggregated: a proxy before an older server. */
  async #askPlain(core: JsonObject, named: JsonObject): Promise<ApiCatalog> {
    const get = (path: string): Promise<JsonObject> => this.#sender.object(path);
    const groups = readGroups(isAggregated(core) ? {} : core, isAggregated(named) ? {} : named);
    const aggregated = [core, named].filter(isAggregated).map(readAggregated);
    return [...aggregated, await readPlain(groups, get)].reduce(joined);
  }
}

function joined(one: ApiCatalog, other: ApiCatalog): ApiCatalog {
  return {
    groups: [...one.groups, ...other.groups],
    resources: [...one.resources, ...other.resources],
    missing: [...one.missing, ...other.missing],
  };
}
