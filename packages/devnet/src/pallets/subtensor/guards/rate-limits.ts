import { errors } from "../errors.ts";
import { networkLimitPassed } from "../networks.ts";
import { Uids } from "../storage/neurons.ts";
import { CommitRevealWeightsEnabled } from "../storage/weights.ts";
import { mayUpdate } from "../weights/last-update.ts";
import { indexOf, type Place } from "../weights/place.ts";
import { type Check, type Checks, checkOf, type GuardView } from "./check.ts";

/** Who has no uid is judged later, by the call itself. */
function isTooFast({ state, block }: GuardView, hotkey: `0x${string}`, place: Place): boolean {
  const uid = Uids.get(state, place.netuid, hotkey);
  return uid !== undefined && !mayUpdate(state, indexOf(place), place.netuid, uid, block);
}

/** Setting where weights must be committed is refused anyway, and not for its pace. */
const setting: Check<Place> = (view, hotkey, place) =>
  !CommitRevealWeightsEnabled.get(view.state, place.netuid) && isTooFast(view, hotkey, place)
    ? errors.SettingWeightsTooFast
    : undefined;

const committing: Check<Place> = (view, hotkey, place) =>
  isTooFast(view, hotkey, place) ? errors.CommittingWeightsTooFast : undefined;

type OnNet = Pick<Place, "netuid">;
const onMain =
  (check: Check<Place>): Check<OnNet> =>
  (view, hotkey, { netuid }) =>
    check(view, hotkey, { netuid, mecid: 0 });

/** Judges the pace of single sets, single commits and new networks; timelocked commits pass here. */
export const rateLimitChecks: Checks = new Map([
  checkOf(0, onMain(setting)),
  checkOf(119, setting),
  checkOf(96, onMain(committing)),
  checkOf(115, committing),
  checkOf(59, ({ state, block }) =>
    networkLimitPassed(state, block) ? undefined : errors.NetworkTxRateLimitExceeded,
  ),
]);
