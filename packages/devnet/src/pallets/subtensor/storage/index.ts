import type { AnyItem } from "../../../frame/storage.ts";
import * as emission from "./emission.ts";
import * as epochs from "./epochs.ts";
import * as limits from "./limits.ts";
import * as networks from "./networks.ts";
import * as neurons from "./neurons.ts";
import * as registration from "./registration.ts";
import * as stake from "./stake.ts";
import * as weights from "./weights.ts";

/** Every storage item of the pallet: whatever one of the files declares. */
export const subtensorStorage: readonly AnyItem[] = [
  networks,
  registration,
  neurons,
  weights,
  epochs,
  stake,
  emission,
  limits,
].flatMap((subject) => Object.values<AnyItem>(subject));
