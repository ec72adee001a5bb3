"""Shops in every condition, judged by the real rules: what the check screen is shown with in the tests."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from cache.session import Checked, Hit, RecentCheck
from inspector import payload
from inspector.entity import CreditKind, CreditRecord, Entity, Permit, RegistrationState
from inspector.hosts import HostRules
from inspector.payload import Payload, PayloadKind
from inspector.verdict import (
    Bound,
    ClockTrust,
    Colour,
    Facts,
    Means,
    StoreHealth,
    Token,
    TokenState,
    decide,
)
from tests.ui.fake_session import MORNING, SHOP, FakeSession
from ui.screens.screen import Screen
from ui.window import MakeScreen

RULES = HostRules()


def _permit(kind: str, number: str, days: int) -> Permit:
    end = MORNING.date() + timedelta(days=days)
    return Permit(
        kind, number, "爱辉区市场监督管理局", "", end.replace(year=end.year - 5), end.replace(year=end.year - 5), end
    )


def _record(kind: CreditKind, title: str, day: date, **more: date) -> CreditRecord:
    return CreditRecord(kind, title, "", "黑河市市场监督管理局", "国家企业信用信息公示系统", day, **more)


CODE = "92231102MA1B4C4X2Y"
GOOD = replace(
    SHOP,
    code=CODE,
    permits=(
        _permit("食品经营许可证", "JY12311020031234", 842),
        _permit("烟草专卖零售许可证", "231102203377", 281),
        Permit(
            "公众聚集场所投入使用、营业前消防安全检查合格证", "黑消检字〔2021〕0044号", "消防", "", None, None, None
        ),
    ),
    credit=(_record(CreditKind.SELF_DECLARED, "自愿公示的荣誉", date(2026, 3, 2)),),
    risk="A",
    as_of=MORNING - timedelta(hours=4),
)
WARNED = replace(
    GOOD,
    permits=(_permit("食品经营许可证", "JY12311020031234", 23), *GOOD.permits[1:]),
    credit=(
        _record(CreditKind.ABNORMAL, "通过登记的住所无法联系", date(2026, 9, 2)),
        _record(CreditKind.CORRECTION, "责令改正", date(2026, 10, 20), due=date(2026, 11, 20)),
    ),
    risk="C",
)
REVOKED = replace(
    GOOD,
    licence=replace(GOOD.licence, state=RegistrationState.REVOKED, state_since=date(2026, 9, 2)),
    permits=(_permit("食品经营许可证", "JY12311020031234", -24), *GOOD.permits[1:]),
    credit=(
        _record(CreditKind.SERIOUS, "严重违法失信", date(2026, 9, 2)),
        _record(CreditKind.PENALTY, "罚款", date(2026, 5, 2)),
    ),
    risk="D",
)
MARKUP = replace(
    GOOD, licence=replace(GOOD.licence, name="<b>垚喆犇昇玥</b><img src=x>&amp;", representative="<i>韩犇</i>")
)


def judged(
    entity: Entity | None,
    data: bytes = CODE.encode(),
    means: Means = Means.SCANNED,
    signed: bool = True,
    now: datetime = MORNING,
    proved: Token | None = None,
    **facts: object,
) -> Checked:
    """What the laptop says about a code of this entity; ``signed`` as if its signature had been verified."""
    taken = payload.parse(data, RULES)
    token = proved or Token(TokenState.ABSENT)
    if proved is None and entity is not None and signed and taken.kind is PayloadKind.CODE:
        token = Token(TokenState.GENUINE, taken.code, entity.licence.name)
    base = Facts(taken, means, token, entity, StoreHealth.GOOD, now - timedelta(hours=4), now, ClockTrust.GOOD)
    return Checked(taken, means, token, entity, decide(replace(base, **facts)))  # type: ignore[arg-type]


class CheckSession(FakeSession):
    """A session whose register holds the given entities, found by code or name; it judges with the real rules."""

    def __init__(self, *entities: Entity) -> None:
        super().__init__()
        self.entities = {e.code: e for e in entities}
        self.checked: list[tuple[bytes, Means, bool]] = []
        self.leads: list[str] = []
        self.answers: list[bool] = []
        self.bound: dict[str, str] = {}
        self.recent: list[RecentCheck] = []

    def check(self, data: bytes, means: Means, on_site_differs: bool = False) -> Checked:
        self._called("check")
        self.checked.append((data, means, on_site_differs))
        taken = payload.parse(data, RULES)
        bound = Bound.PENDING if taken.alias_key in self.bound else Bound.NONE
        entity = self.entities.get(taken.code or self.bound.get(taken.alias_key, ""))
        if taken.kind is PayloadKind.SEVERAL:
            hits = tuple(_hit(self.entities[f.value]) for f in taken.found if f.value in self.entities)
            return replace(judged(None, data, means, signed=False), candidates=hits)
        answer = judged(
            entity, data, means, signed=means is Means.SCANNED, on_site_differs=on_site_differs, bound=bound
        )
        if taken.code:
            self.recent.insert(
                0, RecentCheck(taken.code, entity.licence.name if entity else "", answer.verdict.colour, MORNING)
            )
        return answer

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        self._called("search")
        return [_hit(e) for e in self.entities.values() if text in e.licence.name or text in e.code][:limit]

    def recent_checks(self, limit: int = 10) -> list[RecentCheck]:
        return self.recent[:limit]

    def confirm_site(self, checked: Checked, same: bool) -> None:
        self._called("confirm_site")
        self.answers.append(same)

    def bind(self, payload: Payload, code: str) -> None:
        self._called("bind")
        self.bound[payload.alias_key] = code

    def lead(self, checked: Checked | None, text: str) -> None:
        self._called("lead")
        self.leads.append(text)

    def setting(self, name: str) -> str:
        defaults = {"theme": "day", "size": "standard", "sound": "on", "camera_mirror": "off", "camera_turns": "0"}
        return self.settings.get(name, defaults.get(name, ""))


def _hit(entity: Entity) -> Hit:
    licence = entity.licence
    return Hit(entity.code, licence.name, licence.premises, licence.state.label, entity.subject.label)


EARLIER = (
    RecentCheck(CODE, "爱辉区喆喆便利店", Colour.PASS, MORNING),
    RecentCheck("92231102MA1B4C4X3U", "老韩炭火烤串（东三区店）", Colour.FAIL, MORNING - timedelta(minutes=25)),
    RecentCheck("92231102MA1B4C4X4T", "垚鑫水果超市", Colour.ATTENTION, MORNING - timedelta(minutes=51)),
    RecentCheck("92231102MA1B4C4X5R", "", Colour.UNKNOWN, MORNING - timedelta(minutes=70)),
)


def ready(*screens: Screen) -> dict[str, MakeScreen]:
    """Screens that were made already, as the window takes them."""
    return {screen.name: lambda screen=screen: screen for screen in screens}
