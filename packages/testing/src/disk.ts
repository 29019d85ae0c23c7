import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** Whether this machine lets us mount; where it does not, tests of full disks say that they are skipped. */
export const mayMount = (() => {
  try {
    const args = ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"];
    execFileSync("unshare", args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** Mounts a disk of its own at a new directory, small enough to be filled; disposing unmounts it. */
export function smallDisk(directory: string, sizeMb: number): Disposable {
  mkdirSync(directory);
  const options = `size=${sizeMb}m,mode=755`;
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]);
  return { [Symbol.dispose]: () => void execFileSync("umount", ["--lazy", directory]) };
}
