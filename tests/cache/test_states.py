"""The table in docs/sync-states.md and the code say the same."""

import re
from itertools import product
from pathlib import Path

from cache.outbox import state_of
from cache.session import RecordState

PAGE = Path(__file__).parent.parent.parent / "docs" / "sync-states.md"
ROWS = re.findall(r"^\| `(\w+)` \| (\S+) \| (.*?) \| (.*?) \| (.*?) \|", PAGE.read_text(encoding="utf-8"), re.M)


def test_the_table_names_every_state_with_its_term() -> None:
    assert [(name, label) for name, label, *_ in ROWS] == [(s.value, s.label) for s in RecordState]


def test_the_queue_decides_as_the_table_says() -> None:
    table = {name: (queue, left) for name, _, queue, _, left in ROWS}
    for queue, left, broken in product(("pending", "done", "held", "stuck"), (0, 3), (False, True)):
        state = state_of(queue, left, broken)
        said_queue, said_left = table[state.value]
        assert f"`{queue}`" in said_queue
        if queue == "done" and state is not RecordState.STUCK:
            assert said_left == ("some" if left else "none")


def test_a_broken_attachment_matters_only_while_it_is_wanted() -> None:
    assert state_of("done", 1, True) is RecordState.STUCK
    assert state_of("done", 0, True) is RecordState.COMPLETE
    assert state_of("pending", 1, True) is RecordState.SEALED
