"""``make faults``: the long form of every layer, one line of JSON each; a layer that finds something ends the run.

Arguments: a count (cases of the layers that draw them; exhaustive layers ignore it), a seed, and layers if not all.
"""

import json
import sys
import time
from collections.abc import Callable

from tests.faults import copies, cuts, io_failures, kills, model, planner, planted, power, power_service
from tests.postgres import cluster


def planned(count: int, seed: int) -> dict[str, int]:
    return {"cases": planner.run(50 * count, seed)}


def told(count: int, seed: int) -> dict[str, int]:
    stories = model.run(count // 5, 50, seed)
    return {"cases": stories, "steps": 50 * stories}


def killed(side: str) -> Callable[[int, int], dict[str, int]]:
    def run(count: int, seed: int) -> dict[str, int]:
        hits = list(kills.sweep(side, kills.every_moment, seed, count // 20))
        return {"cases": len(hits), "killed": sum(h > 0 for h in hits), "kills": sum(hits)}

    return run


def unpowered(count: int, seed: int) -> dict[str, int]:
    return {"cases": power.run(10 * count, seed)}


def unpowered_service(count: int, seed: int) -> dict[str, int]:
    return {"cases": power_service.run(count // 20, seed)}


def cut(count: int, seed: int) -> dict[str, int]:
    cases, hit = cuts.run(count, seed)
    return {"cases": cases, "hit": hit}


def cut_in_order(count: int, seed: int) -> dict[str, int]:
    cases, hit = cuts.run_ordered(count, seed)
    return {"cases": cases, "hit": hit}


def copied(count: int, seed: int) -> dict[str, int]:
    with cluster() as database:
        return {"cases": copies.run(count, seed, database), "copies": copies.COPIES}


def planted_bugs(_count: int, seed: int) -> dict[str, int]:
    found = [(bug.name, what) for bug, what in planted.run(seed)]
    missed = [name for name, what in found if not what]
    assert not missed, missed
    return {"planted": len(found), "caught": len(found) - len(missed)}


def failing(side: str) -> Callable[[int, int], dict[str, int]]:
    def run(count: int, seed: int) -> dict[str, int]:
        hits = list(io_failures.failures(side, io_failures.every_way, seed))
        return {"cases": len(hits), "failed": sum(h > 0 for h in hits)}

    return run


LAYERS: dict[str, Callable[[int, int], dict[str, int]]] = {
    "planner": planned,
    "model": told,
    "kills-laptop": killed("laptop"),
    "kills-service": killed("service"),
    "power": unpowered,
    "power-service": unpowered_service,
    "io-laptop": failing("laptop"),
    "io-service": failing("service"),
    "cuts": cut,
    "cuts-in-order": cut_in_order,
    "copies": copied,
    "planted": planted_bugs,
}


def main(count: int, seed: int, names: list[str]) -> None:
    for name in names or LAYERS:
        started = time.monotonic()
        result = LAYERS[name](count, seed)
        line = {"layer": name, "seed": seed, **result, "seconds": round(time.monotonic() - started)}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
