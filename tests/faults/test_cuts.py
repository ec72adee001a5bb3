"""The line is cut, reset, flipped, doubled, swapped at any byte: nothing is lost or doubled."""

from tests.faults import cuts
from tests.faults.test_kills import source_seed


def test_harm_at_any_byte_of_a_round() -> None:
    cases, hit = cuts.run(24, source_seed())
    assert cases == 24
    # A round may be a few bytes shorter than the one that was measured.
    assert hit >= 20


def test_cut_at_bytes_in_order() -> None:
    """At every sixtieth byte of a round, from another first one whenever the code is another."""
    cases, hit = cuts.run_ordered(150, source_seed())
    assert cases >= 150
    assert hit >= 0.95 * cases
