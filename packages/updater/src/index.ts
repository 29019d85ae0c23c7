export { type Applied, type ApplyOptions, applyRelease } from "./apply-release.ts";
export { UPDATER_ERRORS, type UpdaterCode } from "./errors.ts";
export { type FoundRelease, findRelease, type Refused, type Release } from "./find-release.ts";
export type { GitOptions, TrustedKeys } from "./git.ts";
export { compareVersions, parseVersion, type Version } from "./version.ts";
