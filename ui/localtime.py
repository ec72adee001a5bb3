"""Moments as the officer's wall clock shows them."""

from datetime import datetime

from inspector.freshness import CHINA


def local(at: datetime) -> datetime:
    """The same moment in the zone of the law, to be formatted."""
    return at.astimezone(CHINA)
