import { ANSIBLE_PREFIX, decryptAnsible } from "./ansible.ts";
import { decryptFernet, FERNET_PREFIX } from "./fernet.ts";
import { decryptNacl, NACL_PREFIX } from "./nacl.ts";

/** How a key file is sealed; "none" means its bytes are the key's text. */
export type Encryption = "none" | "nacl" | "ansible" | "fernet";

/** Tells the scheme from the first bytes, as every btwallet does. */
export function detectEncryption(file: Uint8Array): Encryption {
  const start = new TextDecoder("latin1").decode(file.subarray(0, 16));
  if (start.startsWith(NACL_PREFIX)) return "nacl";
  if (start.startsWith(ANSIBLE_PREFIX)) return "ansible";
  if (start.startsWith(FERNET_PREFIX)) return "fernet";
  return "none";
}

/** Opens a sealed key file; each scheme answers BAD_PASSWORD and KEYFILE_CORRUPT apart from each other. */
export async function decryptKeyfile(
  file: Uint8Array,
  scheme: Exclude<Encryption, "none">,
  password: string,
): Promise<Uint8Array> {
  switch (scheme) {
    case "nacl":
      return decryptNacl(file, password);
    case "ansible":
      return decryptAnsible(file, password);
    case "fernet":
      return decryptFernet(file, password);
  }
}
