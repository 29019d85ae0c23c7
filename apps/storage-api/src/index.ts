export { type AccessRules, admitByLists } from "./access.ts";
export { Config, PREFIX } from "./config.ts";
export { databaseOf } from "./database-of.ts";
export { HTTP_STATUS, STORAGE_API_ERRORS, type StorageApiCode } from "./errors.ts";
export { type SecretBox, secretBox } from "./keys/box.ts";
export { KeyRing, type NewKey } from "./keys/key-ring.ts";
export { type StorageApi, type StorageApiDeps, startStorageApi } from "./storage-api.ts";
export { DirectoryVault, type DirectoryVaultOptions } from "./vault/directory-vault.ts";
