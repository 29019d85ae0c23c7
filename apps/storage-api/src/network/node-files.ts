import type { Keypair } from "@neurond/crypto";
import { verifySr25519Fast } from "@neurond/crypto";
import { CodedError, fromHex, type Hex, type Hotkey, hotkeyOf } from "@neurond/primitives";
import type { VaultFile, VaultFiles } from "@neurond/store";
import {
  decodeManifest,
  encodeManifest,
  type Manifest,
  openSecrets,
  ownerKey,
} from "@neurond/workload-storage";
import type { Validators } from "./validators.ts";

/** A file of the node with its manifest. */
export interface NodeFile extends Omit<VaultFile, "createdMs"> {
  readonly checked: Manifest;
}

/**
 * The files of a node: it owns them under its hotkey and is their custodian. What it stored where is
 * in its database; a file that is not there, another node of the same hotkey may have stored: its
 * manifest is at a validator.
 */
export class NodeFiles implements Disposable {
  readonly owner: Hotkey;
  /** Boxes the files' secrets; see `ownerKey` of workload-storage. */
  readonly ownerKey: Uint8Array;
  readonly #signer: Keypair;
  readonly #files: VaultFiles;
  readonly #validators: Validators;

  constructor(parts: {
    readonly signer: Keypair;
    readonly files: VaultFiles;
    readonly validators: Validators;
  }) {
    this.#signer = parts.signer;
    this.#files = parts.files;
    this.#validators = parts.validators;
    this.owner = hotkeyOf(parts.signer.publicKey);
    const secret = parts.signer.exportSecret();
    this.ownerKey = ownerKey(secret);
    secret.fill(0);
  }

  readonly sign = (digest: Uint8Array): Uint8Array => this.#signer.sign(digest);

  /** What is known of a file; null when neither we nor a validator keep it for us. */
  async find(fileId: Hex, signal: AbortSignal): Promise<NodeFile | null> {
    const row = await this.#files.get(fileId);
    if (row !== null) return { ...row, checked: decodeManifest(row.manifest, verifySr25519Fast) };
    for (const network of await this.#validators.all(signal)) {
      const found = await this.refresh({ fileId, validator: network.hotkey }, signal);
      if (found !== null) return found;
    }
    return null;
  }

  /** A file as its validator keeps it now; null when it keeps it no more. */
  async refresh(
    { fileId, validator }: Pick<VaultFile, "fileId" | "validator">,
    signal: AbortSignal,
  ): Promise<NodeFile | null> {
    const network = await this.#validators.of(validator, signal);
    try {
      const manifest = await network.manifest(fileId, signal);
      await this.update(manifest);
      return this.#fileOf(manifest, validator);
    } catch (error) {
      const isGone = error instanceof CodedError && error.context["code"] === "FILE_UNKNOWN";
      if (isGone) return null;
      throw error;
    }
  }

  /** Notes a file that we stored through a validator. */
  async add(manifest: Manifest, validator: string, createdMs: number): Promise<void> {
    const { checked: _, ...file } = this.#fileOf(manifest, validator);
    await this.#files.add({ ...file, createdMs });
  }

  /** Notes where the shards of a file are now, if it is one that we stored. */
  async update(manifest: Manifest): Promise<void> {
    await this.#files.update(manifest.id, encodeManifest(manifest));
  }

  async forget(fileId: Hex): Promise<void> {
    await this.#files.remove(fileId);
  }

  /** Secret from which the seals of a file's shards are made. @throws CodedError KEY_INVALID */
  sealSecretOf(manifest: Manifest): Uint8Array {
    const box = fromHex(manifest.wraps[0]?.box ?? "0x");
    return fromHex(openSecrets(box, this.ownerKey).seal_secret);
  }

  [Symbol.dispose](): void {
    this.ownerKey.fill(0);
  }

  #fileOf(checked: Manifest, validator: string): NodeFile {
    const { size } = openSecrets(fromHex(checked.wraps[0]?.box ?? "0x"), this.ownerKey);
    const manifest = encodeManifest(checked);
    return { fileId: checked.id, validator, size, manifest, checked };
  }
}
