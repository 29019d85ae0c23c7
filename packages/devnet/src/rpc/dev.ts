import { fromHex, type Hex, isCoded } from "@neurond/primitives";
import { type Control, controlOf } from "../control.ts";
import { isProfile } from "../node/code.ts";
import { profiles } from "../profile.ts";
import { invalidParams } from "./error.ts";
import type { Method, Namespace } from "./method.ts";
import type { Params } from "./params.ts";

const MAX_BLOCKS = 1_000_000;
const MAX_DELAY_MS = 2 ** 31 - 1;
const HEX = /^0x(?:[0-9a-f]{2})*$/i;

function entryOf(item: unknown): readonly [Hex, Uint8Array | undefined] {
  const [key, value] = Array.isArray(item) && item.length === 2 ? item : [];
  const isValue = value === null || (typeof value === "string" && HEX.test(value));
  if (typeof key !== "string" || !HEX.test(key) || key.length < 4 || !isValue) {
    throw invalidParams("an entry is not [hex key, hex value or null]");
  }
  return [key.toLowerCase() as Hex, value === null ? undefined : fromHex(value)];
}

function entries(params: Params) {
  const items = params.raw(0);
  if (!Array.isArray(items)) throw invalidParams("parameter 0 is not a list of [key, value]");
  return items.map(entryOf);
}

/** A profile as text, or another spec version of the present one as a number. */
function codeOf(params: Params) {
  const asked = params.raw(0);
  if (typeof asked === "number") return { specVersion: params.number(0) };
  if (typeof asked !== "string" || !isProfile(asked)) {
    throw invalidParams('give a profile such as "424" or a spec version such as 425');
  }
  return { profile: asked, specVersion: profiles[asked].specVersion };
}

function atMost(value: number, limit: number): number {
  if (value > limit) throw invalidParams(`${value} is more than ${limit}`);
  return value;
}

/** A control that answers `true` when it has nothing to tell. */
const order =
  (arity: number, run: (control: Control, params: Params) => unknown): Method =>
  async (services, params) => {
    try {
      return (await run(controlOf(services), params.atMost(arity))) ?? true;
    } catch (error) {
      if (isCoded(error)) throw invalidParams(error.message);
      throw error;
    }
  };

/** The controls of the development chain. */
export const dev: Namespace = {
  methods: {
    dev_newBlocks: order(1, (control, params) =>
      control.newBlocks(params.has(0) ? atMost(params.number(0), MAX_BLOCKS) : 1),
    ),
    dev_setStorage: order(1, (control, params) => control.setStorage(entries(params))),
    dev_fund: order(2, (control, params) => control.fund(params.account(0), params.amount(1))),
    dev_setTime: order(1, (control, params) => control.setTime(Number(params.amount(0)))),
    dev_pause: order(0, (control) => control.pause()),
    dev_resume: order(0, (control) => control.resume()),
    dev_reorg: order(1, (control, params) => control.reorg(params.number(0))),
    dev_upgradeRuntime: order(1, (control, params) => control.upgradeRuntime(codeOf(params))),
    // The one who asks hears the answer before it is cut off too.
    dev_dropConnections: order(0, (control) => void setImmediate(() => control.dropConnections())),
    dev_delayAnswers: order(1, (control, params) =>
      control.delayAnswers(atMost(params.number(0), MAX_DELAY_MS)),
    ),
    dev_muteSubscriptions: order(1, (control, params) =>
      control.muteSubscriptions(params.boolean(0)),
    ),
  },
  aliases: { dev_jump: "dev_newBlocks" },
};
