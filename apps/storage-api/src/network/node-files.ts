import type { Keypair } from "@neurond/crypto";
import { verifySr25519Fast } from "@neurond/crypto";
import { fromHex, type Hex, type Hotkey, hotkeyOf, isCoded } from "@neurond/primitives";
import { type FoundManifest, newestOf } from "@neurond/storage-client";
import type { Custody, VaultFile, VaultFiles } from "@neurond/store";
import {
  type CustodyKey,
  custodyKeys,
  decodeManifest,
  encodeManifest,
  type Manifest,
  openCustody,
  openSecrets,
  ownerKey,
  signCustodyKey,
} from "@neurond/workload-storage/file";
import type { Validators } from "./validators.ts";

/** A file of the node with its manifest. */
export interface NodeFile extends Omit<VaultFile, "createdMs"> {
  readonly checked: Manifest;
}

/**
 * The files of a node, which it owns under its hotkey, and those it is the custodian of. What it stored
 * where is in its database; a file that is not there, another node of the same hotkey may have stored:
 * its manifest is at validators.
 */
export class NodeFiles implements Disposable {
  readonly owner: Hotkey;
  /** Boxes the files' secrets; see `ownerKey` of workload-storage. */
  readonly ownerKey: Uint8Array;
  /** For owners who entrust files to us. */
  readonly custodyKey: CustodyKey;
  readonly #custodySecret: Uint8Array;
  readonly #signer: Keypair;
  readonly #files: VaultFiles;
  readonly #custody: Custody;
  readonly #validators: Validators;

  constructor(parts: {
    readonly signer: Keypair;
    readonly files: VaultFiles;
    readonly custody: Custody;
    readonly validators: Validators;
  }) {
    this.#signer = parts.signer;
    this.#files = parts.files;
    this.#custody = parts.custody;
    this.#validators = parts.validators;
    this.owner = hotkeyOf(parts.signer.publicKey);
    const secret = parts.signer.exportSecret();
    this.ownerKey = ownerKey(secret);
    secret.fill(0);
    const keys = custodyKeys(this.ownerKey);
    this.#custodySecret = keys.secret;
    this.custodyKey = signCustodyKey(this.owner, keys.publicKey, this.sign);
  }

  readonly sign = (digest: Uint8Array): Uint8Array => this.#signer.sign(digest);

  /** What is known of a file of ours; null when neither we nor a validator keep it. */
  async find(fileId: Hex, signal: AbortSignal): Promise<NodeFile | null> {
    const row = await this.#files.get(fileId);
    if (row !== null) return { ...row, checked: decodeManifest(row.manifest, verifySr25519Fast) };
    return this.#newest(fileId, signal);
  }

  /** A file of ours as its validator keeps it now, or others while it is away; null when none does. */
  async refresh(
    { fileId, validator }: Pick<VaultFile, "fileId" | "validator">,
    signal: AbortSignal,
  ): Promise<NodeFile | null> {
    try {
      const manifest = await this.manifestOf({ fileId, validator }, signal);
      if (manifest === null) return null;
      await this.update(manifest);
      return this.#fileOf(manifest, validator);
    } catch (error) {
      if (!isCoded(error, "NETWORK_AWAY", "VALIDATOR_UNREACHABLE")) throw error;
      return this.#newest(fileId, signal);
    }
  }

  /** The manifest of a file that we own or repair, at the validator it was stored through; null for none. */
  async manifestOf(
    { fileId, validator }: Pick<VaultFile, "fileId" | "validator">,
    signal: AbortSignal,
  ): Promise<Manifest | null> {
    const network = await this.#validators.of(validator, signal);
    return (await newestOf([network], fileId, signal))?.manifest ?? null;
  }

  /** Notes a file that we stored through a validator. */
  async add(manifest: Manifest, validator: string, createdMs: number): Promise<void> {
    const { checked: _, ...file } = this.#fileOf(manifest, validator);
    await this.#files.add({ ...file, createdMs });
  }

  /** Notes where the shards of a file are now that we stored, and until when one is kept that we took on. */
  async update(manifest: Manifest): Promise<void> {
    const { id, owner, expires } = manifest;
    if (owner === this.owner) await this.#files.update(id, encodeManifest(manifest));
    else await this.#custody.prolong(id, expires);
  }

  async forget(fileId: Hex): Promise<void> {
    await this.#files.remove(fileId);
  }

  /** Secret from which the seals of a file's shards are made. @throws CodedError KEY_INVALID */
  sealSecretOf(manifest: Manifest): Uint8Array {
    if (manifest.owner !== this.owner) {
      return openCustody(manifest, this.owner, this.#custodySecret);
    }
    return fromHex(openSecrets(boxOf(manifest), this.ownerKey).seal_secret);
  }

  [Symbol.dispose](): void {
    this.ownerKey.fill(0);
    this.#custodySecret.fill(0);
  }

  async #newest(fileId: Hex, signal: AbortSignal): Promise<NodeFile | null> {
    const networks = await this.#validators.all(signal);
    const isOurs = ({ owner }: Manifest) => owner === this.owner;
    const found: FoundManifest | null = await newestOf(networks, fileId, signal, isOurs);
    return found && this.#fileOf(found.manifest, found.network.hotkey);
  }

  #fileOf(checked: Manifest, validator: string): NodeFile {
    const { size } = openSecrets(boxOf(checked), this.ownerKey);
    const manifest = encodeManifest(checked);
    return { fileId: checked.id, validator, size, manifest, checked };
  }
}

const boxOf = ({ wraps }: Manifest): Uint8Array => fromHex(wraps[0]?.box ?? "0x");
