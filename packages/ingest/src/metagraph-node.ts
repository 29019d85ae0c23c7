import type { Hotkey, Netuid } from "@neurond/primitives";

/** A neuron as the chain had it when scores were last compared with what is paid; null: it was not asked. */
export interface MetagraphNode {
  readonly netuid: Netuid;
  readonly hotkey: Hotkey;
  readonly coldkey: string;
  /** Its uid. */
  readonly nodeId: number;
  /** Of 65535. */
  readonly incentive: number;
  /** In rao: the weighted sum, then its parts. */
  readonly stake: bigint | null;
  readonly taoStake: bigint | null;
  readonly alphaStake: bigint | null;
  /** Of 65535. */
  readonly vtrust: number | null;
  /** Block in which it set weights last, or was registered. */
  readonly lastUpdated: number | null;
  readonly ip: string | null;
  readonly port: number | null;
  readonly protocol: number | null;
}
