import type { DrandKey } from "@neurond/crypto";
import { nodeApis } from "./apis/node.ts";
import { stateApis } from "./apis/state.ts";
import { adminUtilsPallet } from "./pallets/admin-utils/pallet.ts";
import { balancesPallet } from "./pallets/balances/pallet.ts";
import { commitmentsPallet } from "./pallets/commitments/index.ts";
import { drandPallet } from "./pallets/drand/index.ts";
import { mevShieldPallet } from "./pallets/mev-shield.ts";
import { proxyPallet } from "./pallets/proxy/pallet.ts";
import { guard } from "./pallets/subtensor/guards/guard.ts";
import { subtensorPallet } from "./pallets/subtensor/index.ts";
import { sudoPallet } from "./pallets/sudo.ts";
import { swapPallet } from "./pallets/swap.ts";
import { systemPallet } from "./pallets/system/pallet.ts";
import { timestampPallet } from "./pallets/timestamp.ts";
import { transactionPaymentPallet } from "./pallets/transaction-payment.ts";
import { utilityPallet } from "./pallets/utility.ts";
import type { ProfileName } from "./profile.ts";
import { assembleRuntime, type Runtime } from "./runtime.ts";

export interface SubtensorOptions {
  readonly profile?: ProfileName;
  /** The number that clients know the runtime by; the profile's own when absent. */
  readonly specVersion?: number;
  /** Signs drand pulses on chain; without it pulses come through `write_pulse` alone. */
  readonly beacon?: DrandKey | undefined;
  readonly slotDurationMs?: number;
}

/** The runtime `node-subtensor`: every pallet and API that the development chain has. */
export function createRuntime(options: SubtensorOptions = {}): Runtime {
  const { profile = "424", specVersion, beacon, slotDurationMs = 12_000 } = options;
  const runtime: Runtime = assembleRuntime(
    {
      pallets: ({ runtimeCall, runtimeEvent, version }) => [
        systemPallet(runtimeEvent, version),
        timestampPallet,
        balancesPallet,
        transactionPaymentPallet,
        subtensorPallet,
        utilityPallet(runtimeCall),
        sudoPallet(runtimeCall),
        proxyPallet(runtimeCall),
        commitmentsPallet,
        adminUtilsPallet,
        drandPallet({ beacon }),
        swapPallet,
        mevShieldPallet,
      ],
      apis: (outer) => [
        ...nodeApis(outer, { runtime: () => runtime, guard, slotDurationMs }),
        ...stateApis,
      ],
    },
    profile,
    specVersion,
  );
  return runtime;
}
