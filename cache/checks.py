"""From a scanned or typed text to a verdict: take it apart, look it up, judge, and note the view in the journal."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cache.opened import Opened
from cache.register import Register
from cache.session_types import Checked, Hit, RegisterState
from cache.trust import prove
from inspector import identifiers, payload, sightings
from inspector.entity import Entity
from inspector.errors import RegisterProblem
from inspector.freshness import china_day
from inspector.payload import Payload, PayloadKind
from inspector.sightings import Sighting
from inspector.verdict import PROVED, Bound, Colour, Facts, Means, StoreHealth, Token, decide

MOST_CANDIDATES = 8


class Checks:
    """The checks of one officer."""

    def __init__(self, opened: Opened, officer: str) -> None:
        self._opened = opened
        self._officer = officer

    def state(self) -> RegisterState:
        """The register as far as it may be used now: out of lease it is locked."""
        policy = self._opened.people.policy()
        now, _ = self._opened.times.judge(policy.lease_days)
        state = self._opened.holding.state()
        if state.health is not StoreHealth.MISSING and self._opened.times.out_of_lease(now, policy.lease_days):
            return replace(state, health=StoreHealth.LOCKED)
        return state

    def search(self, text: str, limit: int) -> list[Hit]:
        """Raises NoRegister, RegisterDamaged."""
        work, holding = self._opened.work, self._opened.holding
        near = dict.fromkeys([c.code for c in work.recent_checks(50)] + [t.code for t in work.tasks()])
        return holding.use().search(text, limit, area=work.identity.enrolment.area, recent=near)

    def check(self, data: bytes, means: Means, on_site_differs: bool = False) -> Checked:
        """Judge what was scanned or typed. A register that cannot be read is part of the judgement, not an error."""
        opened = self._opened
        policy = opened.people.policy()
        now, trust = opened.times.judge(policy.lease_days)
        if opened.times.jumped(trust):
            opened.audit(self._officer, "clock-set-back", opened.times.wall().isoformat())
        taken = payload.parse(data, opened.people.hosts())
        token = prove(opened.work, taken, now)
        entity, candidates, bound = self._look_up(taken)
        state = self.state()
        if entity is not None and state.health is StoreHealth.LOCKED:
            entity = replace(entity, credit=(), risk="")
        facts = Facts(
            taken,
            means,
            token,
            entity,
            state.health,
            state.as_of,
            now,
            trust,
            bound=bound,
            on_site_differs=on_site_differs,
            seen_elsewhere=self._elsewhere(token, now),
            max_age_days=policy.max_data_age_days,
            permit_warning_days=policy.permit_warning_days,
        )
        checked = Checked(taken, means, token, entity, decide(facts), candidates, state.whole_lists)
        self._note(checked, opened.times.wall())
        return checked

    def _elsewhere(self, token: Token, now: datetime) -> str:
        """When and where this signed code was seen at another address than the one on it."""
        if not token.premises or token.state not in PROVED:
            return ""
        here = Sighting(token.serial, token.code, token.premises, now)
        other = sightings.elsewhere(here, self._opened.work.sightings(token.serial))
        if other is None:
            return ""
        place = f"“{other.place}”" if other.place else "别处"
        return f"{china_day(other.at):%m月%d日}在{place}"

    def _note(self, checked: Checked, at: datetime) -> None:
        code = checked.entity.code if checked.entity else checked.payload.code
        finding, colour = checked.verdict.finding, checked.verdict.colour
        self._opened.audit(self._officer, "check", f"{checked.means.value} {code or '-'} {finding.value}")
        if code:
            name = checked.entity.licence.name if checked.entity else checked.token.name
            self._opened.work.remember_check(code, name, Colour(colour), at)

    def _look_up(self, taken: Payload) -> tuple[Entity | None, tuple[Hit, ...], Bound]:
        """The entity meant, codes to choose from, and what is known of a binding that led to it."""
        try:
            register = self._opened.holding.use()
            bound, codes = self._opened.work.alias(taken.alias_key)
            if bound is Bound.CONFLICT:
                return None, tuple(register.exists(codes)), bound
            if bound is not Bound.NONE:
                return register.entity(codes[0]), (), bound
            if taken.code:
                return register.entity(taken.code), (), bound
            found = list(_meant(register, taken))
            if len(found) == 1 and taken.kind is not PayloadKind.SEVERAL:
                return found[0], (), bound
            return None, tuple(register.exists(_to_choose(taken, found)))[:MOST_CANDIDATES], bound
        except RegisterProblem:
            return None, (), Bound.NONE


def _meant(register: Register, taken: Payload) -> Iterator[Entity]:
    """The entities that the numbers in a text belong to, each once."""
    seen: set[str] = set()
    for found in taken.found:
        if found.kind == "uscc":
            entities = [e for e in [register.entity(found.value)] if e]
        elif found.kind == "permit":
            entities = register.by_permit(found.value)
        else:
            entities = register.by_registration_number(found.value)
        for entity in entities:
            if entity.code not in seen:
                seen.add(entity.code)
                yield entity


def _to_choose(taken: Payload, found: list[Entity]) -> Iterator[str]:
    """Codes to offer: those that were meant; else those near a mistyped one."""
    if found:
        yield from (e.code for e in found)
    elif not taken.found:
        yield from dict.fromkeys(identifiers.misread_codes(taken.text))
