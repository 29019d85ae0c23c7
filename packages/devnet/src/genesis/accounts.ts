import { keypairFromUri } from "@neurond/crypto";
import { type Hex, toHex } from "@neurond/primitives";
import { EXISTENTIAL_DEPOSIT, totalIssuance } from "../pallets/balances/accounts.ts";
import { TotalIssuance } from "../pallets/subtensor/storage/stake.ts";
import { type AccountInfo, account } from "../pallets/system/storage.ts";
import type { State } from "../state/state.ts";

/** An account that has rao in block 0. */
export interface Funded {
  readonly account: Hex;
  readonly rao: bigint;
}

/** The seed that the development phrase ("bottom drive obey …") stands for: stretching it takes 40 ms a time. */
const DEV_SEED = "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e";

/** The public key of a development key, as `//Alice`: everybody knows its secret. */
export const devAccount = (uri: string): Hex => toHex(keypairFromUri(DEV_SEED + uri).publicKey);

const RICH = 1_000_000_000_000_000n;
const WELL_OFF = 2_000_000_000_000n;

/** The accounts of upstream's local chain, by development key and rao. */
const DEV_FUNDS: readonly (readonly [uri: string, rao: bigint])[] = [
  ["//Alice", RICH],
  ["//Bob", RICH],
  ["//Charlie", RICH],
  ["//Dave", WELL_OFF],
  ["//Eve", WELL_OFF],
  ["//Ferdie", WELL_OFF],
  ["//One", WELL_OFF],
  ["//Two", WELL_OFF],
  ["//Three", WELL_OFF],
];

export const devFunds = (): Funded[] =>
  DEV_FUNDS.map(([uri, rao]) => ({ account: devAccount(uri), rao }));

/** Gives accounts their first rao; an account named twice gets both. */
export function endow(state: State, funds: readonly Funded[]): void {
  let issued = 0n;
  for (const { account: who, rao } of funds) {
    const before = account.get(state, who);
    const free = before.data.free + rao;
    if (free < EXISTENTIAL_DEPOSIT) continue;
    const info: AccountInfo = { ...before, providers: 1, data: { ...before.data, free } };
    account.set(state, [who], info);
    issued += rao;
  }
  totalIssuance.update(state, [], (total) => total + issued);
  TotalIssuance.update(state, [], (total) => total + issued);
}
