import { readFile } from "node:fs/promises";

/** A user of this machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The accounts of /etc/passwd; none where there is no such file. */
export async function readAccounts(): Promise<readonly Account[]> {
  const text = await readFile("/etc/passwd", "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [name = "", , uid = "", gid = ""] = line.split(":");
    const isEntry = name !== "" && /^\d+$/.test(uid) && /^\d+$/.test(gid);
    return isEntry ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
