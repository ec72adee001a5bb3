"""Changes signed codes at random: ``make fuzz-trust N=1000000 SEED=1``. None may be accepted, none may crash.

Every case is drawn from the seed and its number alone, so one that fails can be made again.
"""

import sys
from collections import Counter
from random import Random

from inspector.verdict import TokenState
from tests.trust.tokens import SIGNERS, check, decode, encode, made

REFUSED = {TokenState.FORGED, TokenState.KEY_UNKNOWN}
SM2_EVERY = 20
"""One case in so many is an SM2 code: checking those costs more than ten times as much."""
SOURCES = [[decode(made(name, signer, serial=serial)) for serial in ("S1", "S2")] for name, signer in SIGNERS]
KNOWN = {message for messages in SOURCES for message in messages}


def mutant(number: int, seed: int) -> bytes:
    """A changed message: bits, bytes, runs, cuts, and pieces of another genuine message."""
    random = Random(f"{seed}/{number}")
    genuine, other = SOURCES[number % SM2_EVERY == 0]
    if random.random() < 0.1:
        other = random.choice(random.choice(SOURCES))
    changed = bytearray(genuine)
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        at, run = random.randrange(len(changed) + 1), random.randint(1, 16)
        match random.randrange(8):
            case 0 | 1 if at < len(changed):
                changed[at] ^= 1 << random.randrange(8)
            case 2 if at < len(changed):
                changed[at] = random.choice((0, 0x1F, 0x5F, 0x7F, 0x9F, 0xBF, 0xFF, 0x58, 0x5B, 0xA0, 0xD2))
            case 3:
                del changed[at : at + run]
            case 4:
                changed[at:at] = random.randbytes(run)
            case 5:
                changed[at : at + run] = other[at : at + run]
            case 6:
                changed[at:] = other[at:]
            case _:
                changed[at:at] = changed[at : at + run]
    if bytes(changed) in KNOWN:  # a splice with itself
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def run(count: int, seed: int) -> Counter[str]:
    """States of ``count`` mutants, and under ``accepted`` and ``crashed`` what must not be."""
    told: Counter[str] = Counter()
    for number in range(count):
        message = mutant(number, seed)
        try:
            state = check(encode(message)).state
        except Exception as error:  # every kind counts as a crash
            told["crashed"] += 1
            print(f"case {number} of seed {seed}: {error!r}", file=sys.stderr)
            continue
        told[state.name] += 1
        if state not in REFUSED:
            told["accepted"] += 1
            print(f"case {number} of seed {seed}: {state.name} {message.hex()}", file=sys.stderr)
    return told


def main() -> int:
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    told = run(count, seed)
    print(f"{count:,} mutants, seed {seed}: {told['accepted']} accepted, {told['crashed']} crashed; {dict(told)}")
    return 1 if told["accepted"] or told["crashed"] else 0


if __name__ == "__main__":
    sys.exit(main())
