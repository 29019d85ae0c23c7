/** Makes blocks into the file it is given as fast as it can, and tells each; meant to be killed. */
import { openStateFile } from "../../src/node/state-file.ts";
import { alice, makeNode, remark, sign } from "./fixture.ts";

const [path = ""] = process.argv.slice(2);
const node = makeNode({ journal: openStateFile(path) });
process.stdout.write(`resumed ${node.best.number} ${node.best.hash}\n`);

function produce(): void {
  node.submit(sign(node, alice, remark(node, "x".repeat(2_000))));
  const { number, hash } = node.produce();
  process.stdout.write(`${number} ${hash}\n`);
  setImmediate(produce);
}
produce();
