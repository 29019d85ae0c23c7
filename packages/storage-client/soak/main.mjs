// Sets up the heap as the commands do that put and get, before anything else is loaded: later it has
// grown, and given to the program it is without effect.
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--semi-space-growth-factor=1");
setFlagsFromString("--heap-growing-percent=10");
await import("./put-and-get.mjs");
