"""Fills a service with the demonstration: entities, officers of two units, tasks, published areas."""

from collections.abc import Callable
from datetime import date, timedelta

from central import desk, issue
from central.demo.entities import Maker
from central.publishing import publish
from central.service import Service
from inspector.divisions import AREAS
from inspector.entity import Entity, RegistrationState
from inspector.freshness import china_day, days_left, holds
from inspector.inspection import Officer
from inspector.register_file import Manifest
from inspector.wire import Task

SEED = 2311
AREA = "231102"
OTHER_AREA = "231182"
UNIT = "黑河市爱辉区市场监督管理局"
OTHER_UNIT = "五大连池市市场监督管理局"
ENTITIES = 20_000
WARNING_DAYS = 30


def officers(service: Service) -> tuple[Officer, ...]:
    """Two with valid certificates, one whose certificate ended yesterday, one of another unit."""
    today = china_day(service.now())
    year = (today + timedelta(days=400)).isoformat()
    yesterday = (today - timedelta(days=1)).isoformat()
    return (
        Officer("HH0001", "张建国", "23110200327", year, UNIT),
        Officer("HH0002", "王玥", "23110200419", year, UNIT),
        Officer("HH0003", "李昇", "23110200502", yesterday, UNIT),
        Officer("HH0101", "赵犇", "23118200016", year, OTHER_UNIT),
    )


def load_demo(
    service: Service, count: int = ENTITIES, say: Callable[[str], None] = lambda _: None, areas: tuple[str, ...] = ()
) -> dict[str, Manifest]:
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
        manifests[area] = publish(service, area)
        say(f"发布 {area}：{manifests[area].rows} 户")
    return manifests


def _tasks(service: Service, entities: list[Entity]) -> list[Task]:
    """Three tasks of a random-inspection plan: shops of the demonstration's area with nothing against them."""
    today = china_day(service.now())
    food = [e for e in entities if e.area == AREA and _in_order(e, today)]
    return [
        Task(
            f"t-{number}",
            f"爱市监双随机〔{today.year}〕{number + 17}号",
            "食品经营单位双随机检查",
            entity.code,
            entity.licence.name,
            entity.licence.premises,
            "food-sale",
            "plan",
            (today + timedelta(days=3 * number - 2)).isoformat(),
            f"爱市监检通〔{today.year}〕{number + 17}号",
        )
        for number, entity in enumerate(food[:3], 1)
    ]


def _in_order(entity: Entity, today: date) -> bool:
    """An active grocery whose permits run on, without records, suspension or cap."""
    licence = entity.licence
    running = [p for p in entity.permits if (days_left(p, today) or 0) > WARNING_DAYS and holds(p, today)]
    return (
        licence.state is RegistrationState.ACTIVE
        and licence.suspended_until is None
        and licence.scope.startswith("食品销售")
        and bool(running)
        and len(running) == len(entity.permits)
        and not entity.credit
        and entity.inspection_cap is None
    )
