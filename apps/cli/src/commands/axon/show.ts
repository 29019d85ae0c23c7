import { parseHotkey, toHex } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { blockOf, CHAIN_OPTIONS, netuidOf, withChain } from "../../chain.ts";
import { WALLET_OPTIONS, walletOf } from "../../wallet.ts";
import { axonText, plainAxon } from "../chain/axon.ts";
import type { AxonsShape } from "./schemas.ts";

/** `neurond axon show` */
export const showAxon = defineAction<z.infer<typeof AxonsShape>>({
  name: "show",
  summary: "show where a hotkey says it can be reached",
  description: "Without --hotkey the wallet's hotkey is meant.",
  options: [{ flags: "--hotkey <ss58>", description: "address of the hotkey" }],
  shared: ["netuid", "block", ...WALLET_OPTIONS, ...CHAIN_OPTIONS],
  examples: ["neurond axon show --netuid 1 -w miner -H first"],
  schema: async () => (await import("./schemas.ts")).AxonsShape,
  run: async (call) => {
    const netuid = netuidOf(call);
    const given = call.given("hotkey");
    const hotkey = given === undefined ? await walletOf(call).hotkeyAddress() : parseHotkey(given);
    const id = { netuid, hotkey };
    return withChain(call, async (chain) => {
      const at = (await chain.head({ at: blockOf(call) })).hash;
      const [registration, axon, prometheus, certificate] = await Promise.all([
        chain.registration(id, { at }),
        chain.axon(id, { at }),
        chain.prometheus(id, { at }),
        chain.certificate(id, { at }),
      ]);
      return {
        ...id,
        uid: registration.kind === "registered" ? registration.uid : null,
        axon: plainAxon(axon),
        prometheus: prometheus ?? null,
        certificate: certificate
          ? { algorithm: certificate.algorithm, publicKey: toHex(certificate.publicKey) }
          : null,
      };
    });
  },
  human: ({ hotkey, uid, axon, prometheus, certificate }, view) =>
    view.pairs([
      ["hotkey", hotkey],
      ["uid", uid === null ? "not registered" : String(uid)],
      ["axon", axonText(axon) || "not announced"],
      ["prometheus", prometheus ? `${prometheus.ip}:${prometheus.port}` : undefined],
      ["certificate", certificate?.publicKey],
    ]),
});
