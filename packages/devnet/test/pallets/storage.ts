import * as emission from "../../src/pallets/subtensor/storage/emission.ts";
import * as epochs from "../../src/pallets/subtensor/storage/epochs.ts";
import * as limits from "../../src/pallets/subtensor/storage/limits.ts";
import * as networks from "../../src/pallets/subtensor/storage/networks.ts";
import * as neurons from "../../src/pallets/subtensor/storage/neurons.ts";
import * as registration from "../../src/pallets/subtensor/storage/registration.ts";
import * as stakes from "../../src/pallets/subtensor/storage/stake.ts";
import * as weights from "../../src/pallets/subtensor/storage/weights.ts";

export { emission, epochs, limits, networks, neurons, registration, stakes, weights };
