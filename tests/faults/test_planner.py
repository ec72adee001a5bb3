"""The planner's promises over time, for 20,000 queues."""

from tests.faults import planner

EXAMPLES = 20_000


def test_whatever_waits_is_tried_soon_and_the_bad_delay_nobody() -> None:
    assert planner.run(EXAMPLES, 20261123) == EXAMPLES
