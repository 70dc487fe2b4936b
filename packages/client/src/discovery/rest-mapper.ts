import type { GroupVersionKind } from '@kcp/api-machinery';
import type { ApiCatalog, ApiResource } from './api-resource.ts';

/** Finds what a name or a kind stands for on one server. */
export class RestMapper {
  readonly #ask: () => Promise<ApiCatalog>;
  #catalog: ApiCatalog | undefined;

  constructor(ask: () => Promise<ApiCatalog>) {
    this.#ask = ask;
  }

  /** The resource whose objects are of a kind; of the preferred version where none is given. Undefined where there is none. */
  resourceOf(
    kind: Omit<GroupVersionKind, 'version'> & { readonly version?: string },
  ): Promise<ApiResource | undefined> {
    return this.#first(({ resources }) => resources.filter((one) => isOfKind(one, kind)));
  }

  /**
   * What a person means: `deployments`, `deployment`, `deploy`, `Deployment`, `deployments.apps`, `deployments.v1.apps`, in any
   * case of letters. Plural and singular names come before short names, those before kinds; of several groups the first of the server's
   * order, of several versions the preferred one. Undefined where there is none.
   */
  find(text: string): Promise<ApiResource | undefined> {
    return this.#first((catalog) => matching(catalog, text));
  }

  /** The resources of a category, `all` for one; each in its group's preferred version. */
  async category(name: string): Promise<readonly ApiResource[]> {
    const catalog = await this.#ask();
    this.#catalog = catalog;
    const seen = new Set<string>();
    return catalog.resources.filter(({ group, resource, categories }) => {
      const key = `${resource}.${group}`;
      if (!categories.includes(name) || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }

  /** Looks in what is known; asks the server again where that holds nothing. */
  async #first(look: (catalog: ApiCatalog) => readonly ApiResource[]): Promise<ApiResource | undefined> {
    const [known] = this.#catalog ? look(this.#catalog) : [];
    if (known) return known;
    this.#catalog = await this.#ask();
    return look(this.#catalog)[0];
  }
}

function isOfKind(
  { kind }: ApiResource,
  wanted: Omit<GroupVersionKind, 'version'> & { readonly version?: string },
): boolean {
  return (
    kind.kind === wanted.kind &&
    kind.group === wanted.group &&
    (wanted.version === undefined || kind.version === wanted.version)
  );
}

function matching({ resources }: ApiCatalog, text: string): readonly ApiResource[] {
  const wanted = text.toLowerCase();
  for (const names of [namesOf, shortNamesOf, kindsOf]) {
    const found = resources.filter((one) => names(one).some((name) => suits(one, name, wanted)));
    if (found.length > 0) return found;
  }
  return [];
}

/** True for `name`, `name.group`, `name.version.group`, and `name.version.` in the core group. */
function suits({ group, version }: ApiResource, name: string, wanted: string): boolean {
  const bare = name.toLowerCase();
  if (bare === '' || !wanted.startsWith(bare)) return false;
  const rest = wanted.slice(bare.length);
  return rest === '' || rest === `.${version}.${group}` || (group !== '' && rest === `.${group}`);
}

function namesOf({ resource, singularName }: ApiResource): readonly string[] {
  return [resource, singularName];
}

function shortNamesOf({ shortNames }: ApiResource): readonly string[] {
  return shortNames;
}

function kindsOf({ kind }: ApiResource): readonly string[] {
  return [kind.kind];
}
