import { CodedError } from "@neurond/primitives";
import type { CryptoCode } from "../errors.ts";
import type { GroupPoint, PedersenSuite, SuiteId } from "./suite.ts";

/** What is used of the library's points. */
interface CurveElement<P> {
  add(other: P): P;
  multiply(scalar: bigint): P;
  multiplyUnsafe(scalar: bigint): P;
  is0(): boolean;
  toBytes(): Uint8Array;
}

/** What two curves differ in. */
export interface Curve<P extends CurveElement<P>> {
  readonly id: SuiteId;
  readonly order: bigint;
  readonly pointBytes: number;
  readonly zero: P;
  /** RFC 9380 hash_to_curve under the suite's domain separation tag. */
  hashToCurve(message: Uint8Array): P;
  /** Throws unless the bytes encode a point; the identity is sorted out by the caller. */
  fromBytes(bytes: Uint8Array): P;
  /** Pippenger's way, for many points. */
  sumOfMany(points: P[], scalars: bigint[]): P;
  /** Straus's way, for few. */
  sumOfFew(points: P[], scalars: bigint[]): P;
  /** Tables of odd multiples up to 2^(width-1), and the sum by them. */
  tabulate(points: P[], width: number): (scalars: bigint[]) => P;
}

/** From here on buckets cost less than tables of a single use; measured on both curves. */
const MANY_POINTS = 400;
/** Wider tables save additions but cost 2^(width-2) points each: 4096 for 64, 32,768 for 1024. */
const WIDE_TABLE_POINTS = 128;

/** The suite over a curve of the library. Encodings, generators and choice of method are here. */
export function makeSuite<P extends CurveElement<P>>(curve: Curve<P>): PedersenSuite {
  class Element implements GroupPoint {
    readonly point: P;
    constructor(point: P) {
      this.point = point;
    }
    get isIdentity(): boolean {
      return this.point.is0();
    }
    plus(other: GroupPoint): GroupPoint {
      return new Element(this.point.add(inner(other)));
    }
    times(scalar: bigint): GroupPoint {
      return new Element(this.point.multiplyUnsafe(scalar));
    }
    timesSecret(scalar: bigint): GroupPoint {
      // The library refuses zero, which stands for "not blinded" here and is public then.
      return scalar === 0n ? identity : new Element(this.point.multiply(scalar));
    }
    encode(): Uint8Array {
      return this.isIdentity ? new Uint8Array(curve.pointBytes) : this.point.toBytes();
    }
  }

  function inner(point: GroupPoint): P {
    if (point instanceof Element) return point.point;
    throw new CodedError<CryptoCode>(
      "POINT_FOREIGN",
      `a point of another suite was given to suite ${curve.id}`,
    );
  }

  const identity = new Element(curve.zero);
  const generators: Element[] = [];
  const hashed = (name: string) => new Element(curve.hashToCurve(ascii(name)));
  const generatorsOf = (count: number): readonly Element[] => {
    while (generators.length < count) generators.push(hashed(`G/${generators.length}`));
    return generators.slice(0, count);
  };
  const tables = new Map<number, (scalars: bigint[]) => P>();
  const tableOf = (count: number) => {
    const width = count <= WIDE_TABLE_POINTS ? 8 : 7;
    const table = tables.get(count) ?? curve.tabulate(generatorsOf(count).map(inner), width);
    tables.set(count, table);
    return table;
  };

  return {
    id: curve.id,
    order: curve.order,
    pointBytes: curve.pointBytes,
    identity,
    blinder: hashed("H"),
    generators: generatorsOf,
    decode(bytes) {
      if (bytes.length !== curve.pointBytes) return null;
      try {
        const point = curve.fromBytes(bytes);
        return point.is0() ? null : new Element(point);
      } catch {
        return null;
      }
    },
    sum(points, scalars) {
      const sum = points.length < MANY_POINTS ? curve.sumOfFew : curve.sumOfMany;
      return new Element(sum(points.map(inner), [...scalars]));
    },
    sumOfGenerators: (scalars) => new Element(tableOf(scalars.length)([...scalars])),
  };
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
