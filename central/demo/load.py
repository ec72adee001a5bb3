"""Fills a service with the demonstration: entities, officers of two units, tasks, published areas."""

from collections.abc import Callable
from datetime import timedelta

from central import desk, issue
from central.demo.entities import Maker
from central.service import Service
from inspector.divisions import AREAS
from inspector.entity import Entity, RegistrationState
from inspector.freshness import china_day
from inspector.wire import OfficerEntry, SnapshotManifest, Task

SEED = 2311
AREA = "231102"
UNIT = "黑河市爱辉区市场监督管理局"
OTHER_UNIT = "五大连池市市场监督管理局"
ENTITIES = 20_000


def officers(service: Service) -> tuple[OfficerEntry, ...]:
    """Two with valid certificates, one whose certificate ended yesterday, one of another unit."""
    today = china_day(service.now())
    year = (today + timedelta(days=400)).isoformat()
    yesterday = (today - timedelta(days=1)).isoformat()
    return (
        OfficerEntry("HH0001", "张建国", "23110200327", year, UNIT),
        OfficerEntry("HH0002", "王玥", "23110200419", year, UNIT),
        OfficerEntry("HH0003", "李昇", "23110200502", yesterday, UNIT),
        OfficerEntry("HH0101", "赵犇", "23118200016", year, OTHER_UNIT),
    )


def load_demo(
    service: Service, count: int = ENTITIES, say: Callable[[str], None] = lambda _: None, areas: tuple[str, ...] = ()
) -> dict[str, SnapshotManifest]:
    """Load and publish; returns the manifest of every published area (all nine unless told which)."""
    today = china_day(service.now())
    maker = Maker(SEED, today)
    say(f"生成 {count} 户虚构主体")
    loaded = list(maker.entities(count))
    desk.put_entities(service, loaded)
    desk.put_officers(service, officers(service))
    tasks = _tasks(service, loaded)
    desk.put_tasks(service, UNIT, tasks)
    issue.issue_many(service, [task.code for task in tasks])
    issue.publish_lists(service)
    manifests = {}
    for area in areas or tuple(a.key for a in AREAS):
        manifests[area] = desk.publish(service, area)
        say(f"发布 {area}：{manifests[area].rows} 户")
    return manifests


def _tasks(service: Service, entities: list[Entity]) -> list[Task]:
    """Three tasks of a random-inspection plan on active entities of the demonstration's area."""
    today = china_day(service.now())
    fit = [
        e
        for e in entities
        if e.area == AREA and e.licence.state is RegistrationState.ACTIVE and e.permits and e.inspection_cap is None
    ]
    return [
        Task(
            f"t-{number}",
            f"爱市监双随机〔{today.year}〕{number + 17}号",
            "食品经营单位双随机检查" if number < 3 else "登记事项检查",
            entity.code,
            entity.licence.name,
            entity.licence.premises,
            "food-sale" if number < 3 else "registration",
            "plan",
            (today + timedelta(days=3 * number - 2)).isoformat(),
            f"爱市监检通〔{today.year}〕{number + 17}号",
        )
        for number, entity in enumerate(fit[:3], 1)
    ]
