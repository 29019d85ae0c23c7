/** A released version; what comes before a release is none. */
export type Version = readonly [major: number, minor: number, patch: number];

/** Reads `1.2.3` or `v1.2.3`; null for anything else, pre-releases included. */
export function parseVersion(text: string): Version | null {
  const [, major, minor, patch] = /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/.exec(text) ?? [];
  return major === undefined ? null : [Number(major), Number(minor), Number(patch)];
}

/** Below zero when `a` is the older one. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
