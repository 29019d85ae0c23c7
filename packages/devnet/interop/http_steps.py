"""Signed HTTP both ways: what Python signs our door lets in once, and what we sign Python verifies."""

import hashlib
import json
import time
import uuid
from typing import ClassVar

from bittensor import AxonInfo, Synapse
from bittensor.core.dendrite import Dendrite
from bittensor_wallet import Keypair
from steps import equal, expect, step

ALICE = Keypair.create_from_uri("//Alice")
BOB = Keypair.create_from_uri("//Bob")
BODY = '{"prompt": "τao", "seed": 42}'.encode()
REQUEST = {"method": "POST", "target": "/generate?stream=false", "body": BODY.hex()}
DOOR = "packages/epistula/interop/door.ts"


def check(world, headers, request=None, **policy):
    asked = {**(request or REQUEST), "headers": list(headers.items()), "policy": policy}
    return json.loads(world.run(DOOR, "check", json.dumps(asked)))


def sign(world, **options):
    asked = {**REQUEST, "receiver": BOB.ss58_address, "options": options}
    return dict(json.loads(world.run(DOOR, "sign", json.dumps(asked))))


def epistula_message(timestamp, request_id):
    return f"{hashlib.sha256(BODY).hexdigest()}.{request_id}.{timestamp}.{BOB.ss58_address}"


def btauth_payload(nonce):
    digest = hashlib.sha256(BODY).hexdigest()
    parties = [ALICE.ss58_address, BOB.ss58_address]
    return "\n".join(["btauth/1", "sr25519", "POST", REQUEST["target"], digest, nonce, *parties])


def admitted(answer, scheme):
    equal(answer["kind"], "admitted", f"the door's answer {answer}")
    equal(answer["principal"]["scheme"], scheme, "scheme")
    equal(answer["principal"]["hotkey"], ALICE.ss58_address, "sender")
    equal(answer["copy"], "REPLAY", "the answer to a copy")
    return answer["principal"]


@step("our door lets in what Python signs as Epistula v2, in both dialects, once")
def epistula(world):
    for dialect in ("v2", "dippy"):
        timestamp, request_id = str(int(time.time() * 1000)), str(uuid.uuid4())
        signature = "0x" + ALICE.sign(epistula_message(timestamp, request_id)).hex()
        headers = {
            "Epistula-Timestamp": timestamp,
            "Epistula-UUID": request_id,
            "Epistula-Signed-By": ALICE.ss58_address,
            "Epistula-Signed-For": BOB.ss58_address,
        }
        if dialect == "v2":
            headers |= {"Epistula-Version": "2", "Epistula-Request-Signature": signature}
        else:
            headers |= {"Authorization": f"Epistula {signature}"}
        equal(admitted(check(world, headers), "epistula/2")["dialect"], dialect, "dialect")


@step("our door lets in what Python signs as btauth/1, once, and not for another path")
def btauth(world):
    nonce = str(time.time_ns())
    headers = {
        "X-Bittensor-Version": "1",
        "X-Bittensor-Hotkey": ALICE.ss58_address,
        "X-Bittensor-Receiver": BOB.ss58_address,
        "X-Bittensor-Nonce": nonce,
        "X-Bittensor-Signature": "0x" + ALICE.sign(btauth_payload(nonce)).hex(),
    }
    admitted(check(world, headers), "btauth/1")
    elsewhere = check(world, headers, {**REQUEST, "target": "/train"})
    equal(elsewhere["code"], "BAD_SIGNATURE", "the answer to another path")


class Plain(Synapse):
    prompt: str = ""


class Hashed(Synapse):
    prompt: str = ""
    seed: int = 0
    scale: float = 0.0
    fast: bool = False
    required_hash_fields: ClassVar[tuple[str, ...]] = ("prompt", "seed", "scale", "fast")


FIELDS = [
    {"name": "prompt", "type": "str"},
    {"name": "seed", "type": "int"},
    {"name": "scale", "type": "float"},
    {"name": "fast", "type": "bool"},
]


def from_dendrite(synapse):
    """The headers and the body that the SDK's own dendrite would send."""
    dendrite = Dendrite.__new__(Dendrite)  # its constructor asks the internet for our address
    dendrite.uuid, dendrite.external_ip, dendrite.keypair = str(uuid.uuid1()), "127.0.0.1", ALICE
    dendrite.synapse_history, dendrite._session = [], None
    axon = AxonInfo(version=1, ip="127.0.0.1", port=1, ip_type=4, hotkey=BOB.ss58_address, coldkey="")
    ready = dendrite.preprocess_synapse_for_request(axon, synapse, 12.0)
    headers = {name: str(value) for name, value in ready.to_headers().items()}
    body = json.dumps(ready.model_dump()).encode()
    return headers, {"method": "POST", "target": f"/{synapse.name}", "body": body.hex()}


@step("our door lets in what the SDK's dendrite signs, once, where it is allowed")
def dendrite(world):
    headers, request = from_dendrite(Plain(prompt="hello"))
    principal = admitted(check(world, headers, request, schemes=["axon"]), "axon")
    equal(principal["coversBody"], False, "whether the body counts")
    equal(check(world, headers, request)["code"], "MISSING_AUTHORIZATION", "where it is not")


@step("our door recomputes the body hash of the SDK over every scalar type")
def dendrite_body(world):
    synapse = Hashed(prompt="τao", seed=-7, scale=1e-7, fast=True)
    headers, request = from_dendrite(synapse)
    allowed = {"schemes": ["axon"], "axonFields": FIELDS}
    principal = admitted(check(world, headers, request, **allowed), "axon")
    equal(principal["coversBody"], True, "whether the body counts")
    body = {**json.loads(bytes.fromhex(request["body"])), "seed": -8}
    altered = {**request, "body": json.dumps(body).encode().hex()}
    equal(check(world, headers, altered, **allowed)["code"], "BAD_SIGNATURE", "an altered body")


@step("Python verifies what we sign, as Epistula in each dialect and as btauth/1")
def ours(world):
    receiver = Keypair(ss58_address=ALICE.ss58_address)
    signatures = {
        "v2": "Epistula-Request-Signature",
        "dippy": "Authorization",
        "superset": "Epistula-Signature",
    }
    for dialect, name in signatures.items():
        headers = sign(world, schemes=["epistula"], dialect=dialect)
        message = epistula_message(headers["Epistula-Timestamp"], headers["Epistula-Uuid"])
        signature = headers[name].removeprefix("Epistula ")
        expect(receiver.verify(message, signature), f"{dialect} is not verified")
    headers = sign(world, schemes=["btauth"])
    payload = btauth_payload(headers["X-Bittensor-Nonce"])
    expect(receiver.verify(payload, headers["X-Bittensor-Signature"]), "btauth is not verified")
