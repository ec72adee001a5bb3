"""Stories of three laptops and a service, drawn anew with the code's seed, and those that once broke a promise."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.faults import model, world
from tests.faults.air import Ask, Deliver, Reply
from tests.faults.places import scratch
from tests.faults.test_kills import source_seed

STORIES, STEPS = 25, 50


@pytest.mark.parametrize("part", range(4))
def test_every_promise_after_every_step(part: int) -> None:
    assert model.run(STORIES, STEPS, source_seed() + part, shorten=False) >= STORIES


@pytest.fixture
def story() -> Iterator[model.World]:
    with scratch() as folder:
        world.make(folder / "base")

        class Story(model.World):
            base: Path = folder / "base"
            place: Path = folder / "story"

        yield Story()


def test_a_photo_confirmed_after_the_backup_is_sent_again(story: model.World) -> None:
    def no_chunks(deliver: Deliver, ask: Ask) -> Reply:
        if "/chunks/" in ask.path:
            raise requests.ConnectionError
        return deliver(ask)

    story.inspect("a", 1)
    story.round("a", no_chunks)
    story.centre_backs_up()
    story.sync("a")
    story.centre_is_restored()
    story.teardown()


def test_a_record_kept_aside_after_the_backup_is_sent_again(story: model.World) -> None:
    story.centre_backs_up()
    story.lead("a", "from-the-future/9")
    story.sync("a")
    story.centre_is_restored()
    story.teardown()
