"""A step is one thing a real client does. A failing one says why and the rest go on."""

import time
import traceback

STEPS = []


class Failed(AssertionError):
    """What a step expected and did not get."""


def step(title):
    """Registers a function as a step; steps run in the order of the source."""

    def register(function):
        STEPS.append((title, function))
        return function

    return register


def expect(condition, message):
    if not condition:
        raise Failed(message)


def equal(got, wanted, what):
    expect(got == wanted, f"{what}: got {got!r}, wanted {wanted!r}")


def succeeded(response, what):
    """An ExtrinsicResponse of the SDK that must say yes."""
    expect(response.success, f"{what} was refused: {response.message}")
    return response


def run_all(world):
    """Runs every step on the shared `world`; returns how many passed and failed."""
    passed = failed = 0
    for title, function in STEPS:
        started = time.monotonic()
        try:
            function(world)
        except Exception as error:  # a client may raise anything; the report must go on
            failed += 1
            reason = str(error) or type(error).__name__
            print(f"FAIL  {title}: {reason}", flush=True)
            if not isinstance(error, Failed):
                print("      " + traceback.format_exc(limit=-3).replace("\n", "\n      "), flush=True)
        else:
            passed += 1
            print(f"ok    {title} ({time.monotonic() - started:.1f} s)", flush=True)
    return passed, failed
