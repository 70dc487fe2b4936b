import type { Authorizer, UserInfo } from '@kcp/auth';
import type { ObjectReader } from '@kcp/object-store';
import type { Catalog } from '../catalog.ts';
import type { Exchange, ResolvedScope } from '../exchange.ts';

/**
 * A further face of the API, below `/services/<name>/`: the same door, pipeline and verbs, with other resources, another question of who may, and
 * another view of what is stored (kcp's virtual workspaces).
 */
export interface Surface {
  /** The segment that follows `/services/`. */
  readonly name: string;
  /**
   * Where a path leads; undefined where nothing is. Asked before it is known who calls: it reads the text, and tells nobody what exists.
   * `rest` begins with a slash. Throws ApiError BadRequest.
   */
  locate(rest: string, method: string): SurfacePlace | undefined;
}

/** A place on a surface. */
export interface SurfacePlace {
  readonly cluster: ResolvedScope;
  /** What is left of `rest` for the API: `/apis/…`, `/api/…`, `/openapi/…`. */
  readonly path: string;
  /** Who may come here: asked in place of the server's own authorizer. */
  readonly authorize: Authorizer;
  readonly face: View | Passage;
}

/** What a view is read from. Reads are synchronous, as a store's are. */
export type ViewReader = Pick<ObjectReader, 'synced' | 'head' | 'get' | 'page' | 'count' | 'generation' | 'watch'>;

/** Answered here, from other resources. */
export interface View {
  readonly kind: 'view';
  /** What is served. Resources may be narrowed (`ServedResource.visible`), lose verbs, and have other strategies for what writes may change. */
  readonly catalog: Catalog;
  /**
   * Discovery as kcp's virtual workspaces tell it, for clients that are written for them: never aggregated, and `/api` names `v1` although there
   * is no core group, so that who asks for it gets 404. Absent: as everywhere.
   */
  readonly discovery?: 'kcp';
  /** What lists, watches and reads are answered from in place of the store; nothing is then written. Absent: the store. */
  reader?(exchange: Exchange): ViewReader;
}

/** Not answered here: the request goes on as an ordinary one, made by whoever `enter` says, and is authorized once more as theirs. */
export interface Passage {
  readonly kind: 'passage';
  /** Throws ApiError where nobody may go on. */
  enter(exchange: Exchange): UserInfo | Promise<UserInfo>;
}
