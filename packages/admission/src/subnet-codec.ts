import {
  CodedError,
  coldkeyOf,
  fromHex,
  hotkeyOf,
  publicKeyOf,
  toBlockNumber,
  toHex,
  toNetuid,
  toRao,
  toUid,
} from "@neurond/primitives";
import type { AdmissionErrorCode } from "./errors.ts";
import type { Subnet, SubnetNeuron } from "./subnet.ts";

/** Enough for the largest uid space of a subnet the chain allows, thrice over. */
const MAX_TEXT = 4_194_304;
const FORMAT = "neurond/subnet/1";

/** A subnet, and when the question was put that it is the answer to. */
export interface ReadSubnet {
  readonly subnet: Subnet;
  /** Unix milliseconds of the process that asked. */
  readonly readAtMs: number;
}

type Row = readonly [
  uid: number,
  hotkey: string,
  coldkey: string,
  permit: 0 | 1,
  alpha: string,
  total: string,
  axonIp: string | null,
];

/** A view of a subnet as text for other processes; keys as public keys, stakes as decimal rao. */
export function encodeSubnet({ subnet, readAtMs }: ReadSubnet): string {
  const rows = [...subnet.byHotkey.values()].map(
    (neuron): Row => [
      neuron.uid,
      toHex(publicKeyOf(neuron.hotkey)),
      toHex(publicKeyOf(neuron.coldkey)),
      neuron.validatorPermit ? 1 : 0,
      String(neuron.alphaStake),
      String(neuron.totalStake),
      neuron.axon?.ip ?? null,
    ],
  );
  return JSON.stringify([FORMAT, subnet.netuid, subnet.block, Math.floor(readAtMs), rows]);
}

/** Reads such text; throws SUBNET_UNREADABLE where it is anything else. */
export function decodeSubnet(text: string): ReadSubnet {
  if (text.length > MAX_TEXT) throw unreadable(`${text.length} characters, limit ${MAX_TEXT}`);
  try {
    const [format, netuid, block, readAtMs, rows] = listOf(JSON.parse(text));
    if (format !== FORMAT) throw unreadable(`not ${FORMAT}`);
    const neurons = listOf(rows).map((row) => neuronOf(listOf(row)));
    const byHotkey = new Map(neurons.map((neuron) => [neuron.hotkey, neuron]));
    if (byHotkey.size !== neurons.length) throw unreadable("a hotkey stands in it twice");
    return {
      subnet: {
        netuid: toNetuid(numberOf(netuid)),
        block: toBlockNumber(numberOf(block)),
        byHotkey,
      },
      readAtMs: numberOf(readAtMs),
    };
  } catch (cause) {
    if (cause instanceof CodedError && cause.code === "SUBNET_UNREADABLE") throw cause;
    throw unreadable("a field is not what it should be", cause);
  }
}

function neuronOf(row: readonly unknown[]): SubnetNeuron {
  const [uid, hotkey, coldkey, permit, alpha, total, axonIp] = row;
  return {
    uid: toUid(numberOf(uid)),
    hotkey: hotkeyOf(fromHex(textOf(hotkey))),
    coldkey: coldkeyOf(fromHex(textOf(coldkey))),
    validatorPermit: permit === 1,
    alphaStake: toRao(BigInt(textOf(alpha))),
    totalStake: toRao(BigInt(textOf(total))),
    // A process of an earlier version, while all are replaced, leaves it out.
    axon: axonIp === undefined || axonIp === null ? undefined : { ip: textOf(axonIp) },
  };
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unreadable("a list is missing");
}

function numberOf(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw unreadable("a number is missing");
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  throw unreadable("a text is missing");
}

function unreadable(reason: string, cause?: unknown): CodedError<AdmissionErrorCode> {
  const message = `what was published of the subnet cannot be read: ${reason}`;
  return new CodedError("SUBNET_UNREADABLE", message, {}, cause === undefined ? {} : { cause });
}
