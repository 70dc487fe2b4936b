import type { JsonObject } from '@kcp/api-machinery';

/** The Kubernetes version whose machinery this server answers as. */
const KUBERNETES = { major: '1', minor: '36' };
const VERSION = '0.1.0';

/** The value of `/version`, in the form that the original uses: `v1.36.0+kcp-v0.1.0`. */
export function serverVersion(): JsonObject {
  return {
    major: KUBERNETES.major,
    minor: KUBERNETES.minor,
    emulationMajor: KUBERNETES.major,
    emulationMinor: KUBERNETES.minor,
    minCompatibilityMajor: KUBERNETES.major,
    minCompatibilityMinor: String(Number(KUBERNETES.minor) - 1),
    gitVersion: `v${KUBERNETES.major}.${KUBERNETES.minor}.0+kcp-v${VERSION}`,
    gitCommit: 'unknown',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: `node ${process.versions.node}`,
    compiler: 'v8',
    platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
  };
}
