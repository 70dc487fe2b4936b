import { badRequest } from '@kcp/api-machinery';
import type { Request } from '@kcp/http';
import type { Surface, SurfacePlace } from './surface.ts';

const PREFIX = '/services/';

/** All surfaces of a server, by name. */
export type Surfaces = ReadonlyMap<string, Surface>;

/** Where a request for a surface goes. */
export interface LocatedSurface extends SurfacePlace {
  /** The beginning of the path that names surface and place, as the client wrote it. */
  readonly prefix: string;
}

/** Surfaces by the names that they are found by. Throws where two have the same. */
export function surfacesByName(surfaces: readonly Surface[]): Surfaces {
  const found = new Map<string, Surface>();
  for (const surface of surfaces) {
    if (found.has(surface.name)) throw new Error(`two surfaces are called ${surface.name}`);
    found.set(surface.name, surface);
  }
  return found;
}

/**
 * Finds the surface that a path is about. Undefined for all other paths, for names that no surface has and places that it does not know: these
 * are answered as any path that nothing is served at. The path alone says where a request goes: throws BadRequest where the header that names a
 * logical cluster elsewhere says something else.
 */
export function locateSurface(
  surfaces: Surfaces | undefined,
  { path, method }: Pick<Request, 'path' | 'method'>,
  header: string | undefined,
): LocatedSurface | undefined {
  if (surfaces === undefined || !path.startsWith(PREFIX)) return undefined;
  const end = path.indexOf('/', PREFIX.length);
  if (end < 0) return undefined;
  const rest = path.slice(end);
  const place = surfaces.get(path.slice(PREFIX.length, end))?.locate(rest, method);
  if (place === undefined) return undefined;
  const named = typeof place.cluster === 'string' ? place.cluster : '*';
  if (header !== undefined && header !== '' && header !== named)
    throw badRequest(
      `the path names the logical cluster ${JSON.stringify(named)}, the header ${JSON.stringify(header)}`,
    );
  return { ...place, prefix: path.endsWith(place.path) ? path.slice(0, path.length - place.path.length) : path };
}
