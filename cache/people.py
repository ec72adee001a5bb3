"""Who works here and by which rules: the centre's roster, policy and lists, from enrolment and renewed by the feed."""

from cache.work import Work
from inspector import checklist, scenarios
from inspector.checklist import Template
from inspector.errors import InputProblem
from inspector.hosts import HostRules
from inspector.inspection import Officer
from inspector.wire import Policy

HOST_RULES = "hosts"
"""Name of the value that holds which host names are whose."""


class People:
    """Reads of what the centre said last."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def roster(self) -> tuple[Officer, ...]:
        told = self._work.meta("officers", tuple[Officer, ...])
        return self._work.identity.enrolment.officers if told is None else told

    def officer(self, number: str) -> Officer:
        """An officer by number; one who left the roster has no certificate and cannot begin an inspection."""
        return next((o for o in self.roster() if o.number == number), Officer(number, number, "", "", ""))

    def policy(self) -> Policy:
        return self._work.meta("policy", Policy) or self._work.identity.enrolment.policy

    def hosts(self) -> HostRules:
        return self._work.meta(HOST_RULES, HostRules) or HostRules()

    def templates(self) -> dict[str, Template]:
        """The newest version of every checklist, by id."""
        found = {**checklist.shipped(), **scenarios.checklists()}
        for template in self._work.meta("templates", list[Template]) or []:
            if template.id not in found or template.version > found[template.id].version:
                found[template.id] = template
        return found

    def template(self, ref: str) -> Template:
        """A checklist by ``id`` (newest) or ``id@version``. Raises InputProblem."""
        shipped = (*checklist.shipped().values(), *scenarios.checklists().values())
        known = [*shipped, *(self._work.meta("templates", list[Template]) or [])]
        exact = [t for t in known if t.ref == ref]
        newest = self.templates().get(ref)
        if not exact and newest is None:
            raise InputProblem("本机没有这份检查表。", "请联网同步后再试，或换一份检查表。")
        return exact[0] if exact else newest  # type: ignore[return-value]
