import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { issueCertificate } from '@kcp/auth';
import { RootDirectory } from '../root-directory.ts';
import {
  authorityStep,
  ownAuthority,
  SERVING_AUTHORITY,
  SIGNING_AUTHORITY,
  type Authority,
  type AuthorityPolicy,
} from './own-authority.ts';
import { certificatesOf } from './pair-files.ts';

const DAY = 86_400_000;
const YEAR = 365 * DAY;
const start = Date.UTC(2030, 0, 1);
let folder = '';
let directory: RootDirectory;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-authority-'));
  directory = await RootDirectory.open(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const prints = (pem: string) => certificatesOf(pem).map(({ fingerprint256 }) => fingerprint256);
const print = (authority: Authority) => prints(authority.active.certificate)[0];
const files = async () => (await readdir(folder)).sort();

describe('what is to be done for an authority', () => {
  const end = start + 10 * YEAR;
  it.each([
    ['long before its end', SERVING_AUTHORITY, end - YEAR - 1, false, 'keep'],
    ['a year before its end', SERVING_AUTHORITY, end - YEAR, false, 'publish'],
    ['with a successor', SERVING_AUTHORITY, end - DAY - 1, true, 'keep'],
    ['a day before its end', SERVING_AUTHORITY, end - DAY, true, 'switch'],
    ['after its end', SERVING_AUTHORITY, end + YEAR, true, 'switch'],
    ['after its end, without a successor', SERVING_AUTHORITY, end + YEAR, false, 'publish'],
    ['a year before the end of one that only the server trusts', SIGNING_AUTHORITY, end - YEAR, true, 'switch'],
  ] as const)('%s', (_when, policy, now, hasSuccessor, step) => {
    expect(authorityStep({ end, hasSuccessor }, now, policy)).toBe(step);
  });
});

describe('an authority of our own', () => {
  it('is made once, for its owner’s eyes only', async () => {
    const made = await ownAuthority(directory, SERVING_AUTHORITY, start);
    expect(await files()).toEqual(['ca.crt', 'ca.key']);
    for (const file of await files()) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
    const again = await ownAuthority(directory, SERVING_AUTHORITY, start + YEAR);
    expect(again).toEqual(made);
    expect(made.due).toBe(new X509Certificate(made.trusted).validToDate.getTime() - YEAR);
  });

  it('is followed by another that is trusted a year before it signs; the old one is trusted to its end', async () => {
    const first = await ownAuthority(directory, SERVING_AUTHORITY, start);
    const published = await ownAuthority(directory, SERVING_AUTHORITY, first.due);
    expect(print(published)).toBe(print(first));
    expect(prints(published.trusted)).toHaveLength(2);
    expect(published.due).toBe(first.due + YEAR - DAY);
    expect(await files()).toEqual(['ca-next.crt', 'ca-next.key', 'ca.crt', 'ca.key']);
    const switched = await ownAuthority(directory, SERVING_AUTHORITY, published.due);
    expect(prints(switched.trusted)).toEqual(prints(published.trusted).reverse());
    expect(await files()).toEqual(['ca.crt', 'ca.key']);
    expect(switched.due).toBe(published.due + DAY + 1);
    const alone = await ownAuthority(directory, SERVING_AUTHORITY, switched.due);
    expect(prints(alone.trusted)).toEqual([print(switched)]);
  });

  it('changes at once where only the server trusts it', async () => {
    const first = await ownAuthority(directory, SIGNING_AUTHORITY, start);
    const second = await ownAuthority(directory, SIGNING_AUTHORITY, first.due);
    expect(print(second)).not.toBe(print(first));
    expect(prints(second.trusted)).toEqual([print(second), print(first)]);
  });

  it('goes on after a server that was off for longer than it lived', async () => {
    const first = await ownAuthority(directory, SERVING_AUTHORITY, start);
    const late = await ownAuthority(directory, SERVING_AUTHORITY, start + 30 * YEAR);
    expect(prints(late.trusted)).toEqual([print(late)]);
    expect(print(late)).not.toBe(print(first));
    expect(late.due).toBeGreaterThan(start + 38 * YEAR);
  });

  it('never lets trust break over a century', async () => {
    let now = start;
    let before = await ownAuthority(directory, SERVING_AUTHORITY, now);
    let looks = 0;
    while (now < start + 100 * YEAR) {
      now = before.due;
      const next = await ownAuthority(directory, SERVING_AUTHORITY, now);
      // Whoever learnt what to trust at the last look trusts what signs now.
      expect(prints(before.trusted)).toContain(print(next));
      expect(next.due).toBeGreaterThan(now);
      expect(certificatesOf(next.active.certificate)[0].validToDate.getTime()).toBeGreaterThan(now);
      before = next;
      looks += 1;
    }
    expect(looks).toBeLessThan(50);
  });

  it('whose key is lost is not replaced behind anybody’s back', async () => {
    await ownAuthority(directory, SERVING_AUTHORITY, start);
    await rm(join(folder, 'ca.key'));
    await expect(ownAuthority(directory, SERVING_AUTHORITY, start)).rejects.toThrow(
      /holds no key that fits ca.crt: restore it, or remove both files/,
    );
    await writeFile(join(folder, 'ca.crt'), 'nonsense');
    await writeFile(join(folder, 'ca.key'), 'nonsense');
    await expect(ownAuthority(directory, SERVING_AUTHORITY, start)).rejects.toThrow(
      /cannot be read: the file holds no PEM/,
    );
  });
});

/** Lets the server fail at its nth write or removal, and on; false where it did not get that far. */
async function crash(policy: AuthorityPolicy, now: number, at: number): Promise<boolean> {
  const failing = await RootDirectory.open(folder);
  const [write, remove] = [failing.write.bind(failing), failing.remove.bind(failing)];
  let steps = 0;
  const step = async (act: () => Promise<void>): Promise<void> => {
    if (steps++ >= at) throw new Error('crash');
    await act();
  };
  failing.write = (name, text) => step(() => write(name, text));
  failing.remove = (name) => step(() => remove(name));
  const outcome = await ownAuthority(failing, policy, now).then(
    () => false,
    (error: unknown) => String(error).includes('crash'),
  );
  return outcome;
}

describe('a crash', () => {
  it('at any step of a first start leaves what the next start completes', async () => {
    let at = 0;
    while (await crash(SERVING_AUTHORITY, start, at)) {
      expect(print(await ownAuthority(directory, SERVING_AUTHORITY, start))).toBeDefined();
      await Promise.all((await files()).map((file) => rm(join(folder, file))));
      at += 1;
    }
    expect(at).toBe(2);
  });

  it('at any step of a change of authorities loses neither the old one nor the new one', async () => {
    const first = await ownAuthority(directory, SERVING_AUTHORITY, start);
    const published = await ownAuthority(directory, SERVING_AUTHORITY, first.due);
    let at = 0;
    while (await crash(SERVING_AUTHORITY, published.due, at)) {
      const next = await ownAuthority(directory, SERVING_AUTHORITY, published.due);
      expect(prints(next.trusted)).toEqual(prints(published.trusted).reverse());
      await issueCertificate({
        authority: next.active,
        usage: 'server',
        commonName: 'x',
        notBefore: published.due,
        notAfter: published.due + DAY,
      });
      await rm(folder, { recursive: true });
      directory = await RootDirectory.open(folder);
      const remade = await ownAuthority(directory, SERVING_AUTHORITY, start);
      Object.assign(published, await ownAuthority(directory, SERVING_AUTHORITY, remade.due));
      at += 1;
    }
    expect(at).toBe(5);
  });
});
