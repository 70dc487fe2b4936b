import { contains, parseCidr, type Cidr } from './cidr.ts';
import { parseAddress, readings } from './ip-address.ts';

/** Which addresses may be called. The longest block that holds an address decides; of equally long ones `deny` before `allow` before the defaults. */
export interface OutboundPolicy {
  /** Blocks that may be called, `10.0.0.0/8` or one address. */
  readonly allow?: readonly string[];
  /** Blocks that may not; `0.0.0.0/0` and `::/0` leave only what `allow` names. */
  readonly deny?: readonly string[];
  /** Also denies this machine itself and private networks. False where left out: a laptop's webhooks listen on 127.0.0.1. */
  readonly denyPrivate?: boolean;
}

/** Never an honest target: this host in disguise, link-local, multicast, reserved; and the metadata services of clouds. */
const NEVER = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  // AWS, Google, Alibaba, Oracle, Azure's wire server.
  'fd00:ec2::254',
  'fd20:ce::254',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
];

const PRIVATE = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '::1',
  'fc00::/7',
];

/** Says whether an address, as the resolver gave it, may be called. */
export type AddressCheck = (address: string) => boolean;

/** The rule of a policy. Throws TypeError for a block that is none. */
export function addressCheck(policy: OutboundPolicy = {}): AddressCheck {
  const rules: readonly Rule[] = [
    ...(policy.deny ?? []).map((text) => ({ block: parseCidr(text), allowed: false })),
    ...(policy.allow ?? []).map((text) => ({ block: parseCidr(text), allowed: true })),
    ...(policy.denyPrivate === true ? [...NEVER, ...PRIVATE] : NEVER).map((text) => ({
      block: parseCidr(text),
      allowed: false,
    })),
  ];
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && readings(address).every((reading) => isAllowed(reading, rules));
  };
}

interface Rule {
  readonly block: Cidr;
  readonly allowed: boolean;
}

function isAllowed(address: Uint8Array, rules: readonly Rule[]): boolean {
  let best: Rule | undefined;
  for (const rule of rules) {
    if ((best === undefined || rule.block.length > best.block.length) && contains(rule.block, address)) best = rule;
  }
  return best?.allowed ?? true;
}
