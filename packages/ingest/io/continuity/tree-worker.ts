import { parentPort, workerData } from "node:worker_threads";
import { computeTree } from "./compute-tree.ts";

/** Computes the tree of one file and ends; who no longer waits for it ends it. */
const file: unknown = workerData;
if (typeof file === "string") parentPort?.postMessage(await computeTree(file));
