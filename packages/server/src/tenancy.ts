import { defaultBindingsSeed, OwnExports } from '@kcp/api-sharing';
import {
  timestamp,
  type Companions,
  type Foregone,
  type PreparingWriter,
  type ResolvePath,
  type Standing,
} from '@kcp/apiserver';
import type { Authorizer } from '@kcp/auth';
import { furnitureOf } from '@kcp/builtins';
import type { ObjectWriter } from '@kcp/object-store';
import {
  homeRequests,
  ownerSeed,
  resolvePath,
  standing,
  universalSeed,
  workspaceCompanions,
  type BirthDeps,
} from '@kcp/tenancy';
import type { ServerOptions } from './options.ts';

/** The name of the shard that a server is, where nobody says another. */
export const DEFAULT_SHARD = 'root';

/** What workspaces are made with. */
interface TenancyParts {
  readonly store: ObjectWriter;
  readonly clock: () => number;
  /** Writes in the server's own name; asked late: it needs what is made here. */
  readonly writer: () => PreparingWriter;
  readonly authorize: Authorizer;
  /** What pods trust: kube-root-ca.crt, PEM. */
  readonly rootCertificates: () => string;
}

/** What makes workspaces a part of the server. */
export interface Tenancy {
  readonly resolvePath: ResolvePath;
  readonly companions: Companions;
  readonly standing: Standing;
  readonly birth: BirthDeps;
  /** Homes; absent where there are none. */
  readonly foregone?: Foregone;
}

/** Joins the seeds of new logical clusters: what each package lets them begin with. */
export function tenancy(
  options: ServerOptions,
  { store, clock, writer, authorize, rootCertificates }: TenancyParts,
): Tenancy {
  const { shardName = DEFAULT_SHARD, homeWorkspaces = true } = options;
  const now = (): string => timestamp(clock());
  const birth: BirthDeps = {
    store,
    writer: {
      prepareCreate: (address, object, status) => writer().prepareCreate(address, object, status),
      prepareSequel: (address, created, change) => writer().prepareSequel(address, created, change),
    },
    seeds: [
      universalSeed((namespace) => furnitureOf(namespace, rootCertificates())),
      defaultBindingsSeed({ exports: new OwnExports(store), now }),
      ownerSeed,
    ],
    shard: shardName,
    now,
  };
  return {
    birth,
    companions: workspaceCompanions(birth),
    standing: standing(store),
    resolvePath: (path) => resolvePath(store, path),
    ...(homeWorkspaces && { foregone: homeRequests({ store, birth, authorize }) }),
  };
}
