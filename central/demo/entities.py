"""Makes believable entities of the nine areas: valid codes, permits near and past their end, every kind of record."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from central.demo import names
from inspector.divisions import AREAS, Area, division_name
from inspector.entity import CreditKind, CreditRecord, Entity, Licence, Permit, RegistrationState, SubjectKind
from inspector.freshness import CHINA, china_day
from inspector.identifiers import ALPHABET, check_character, is_resident_id, mod_11_10, organisation_check

WEIGHTS = {"231102": 30, "231183": 18, "231181": 16, "231182": 10, "231123": 7, "231124": 7, "231101": 5,
           "heihe-ftz": 4, "wdlc-scenic": 3}  # fmt: skip
"""Rough shares of the areas; 爱辉区 is the largest."""
_TRADE_WEIGHTS = (30, 24, 6, 2, 5, 10, 8, 1, 1, 6, 5, 2)
_STATES = (
    (RegistrationState.ACTIVE, 940),
    (RegistrationState.DEREGISTERED, 25),
    (RegistrationState.REVOKED, 15),
    (RegistrationState.REVOKED_DEREGISTERED, 5),
    (RegistrationState.CANCELLED, 3),
    (RegistrationState.MOVED_OUT, 6),
    (RegistrationState.OTHER, 3),
    (RegistrationState.UNKNOWN, 3),
)
SOURCE = "演示数据（虚构）"


class Maker:
    """One stream of entities; the same seed and day give the same stream."""

    def __init__(self, seed: int, today: date) -> None:
        self.random = Random(seed)  # noqa: S311  invented data, no secret
        self.today = today
        self._codes: set[str] = set()

    def entities(self, count: int) -> Iterator[Entity]:
        areas = list(AREAS)
        weights = [WEIGHTS[a.key] for a in areas]
        for _ in range(count):
            yield self.entity(self.random.choices(areas, weights)[0])

    def entity(self, area: Area) -> Entity:
        trade = self.random.choices(list(names.TRADES), _TRADE_WEIGHTS)[0]
        subject = self._subject(trade)
        division = self._division(area)
        code = self._code(subject, division)
        licence = self._licence(area, trade, subject)
        permits = self._permits(trade, area)
        credit = tuple(self._credit(subject))
        made = Entity(
            code,
            subject,
            licence,
            permits,
            credit,
            self._registration_number(division) if self.random.random() < 0.3 else "",
            division,
            area.key,
            f"{self.random.choice(names.STREETS[area.key])[:3]}市场监管所",
            f"{self.random.randint(1, 12):02d}",
            self.random.choices("ABCD", (72, 20, 6, 2))[0],
            self.random.choices((0, 1, 2, 3), (60, 28, 9, 3))[0],
            self.random.choices((None, 2, 3), (70, 20, 10))[0],
            self.random.random() < 0.45,
        )
        midnight = datetime.combine(self.today, datetime.min.time(), CHINA)
        return _told(self._consistent(made), midnight - timedelta(hours=self.random.randint(2, 40)))

    def _consistent(self, entity: Entity) -> Entity:
        """A body that is gone has no running suspension and no fresh commitments."""
        if entity.licence.state is RegistrationState.ACTIVE:
            return entity
        return replace(entity, licence=replace(entity.licence, suspended_until=None), has_integrity_code=False)

    def _subject(self, trade: str) -> SubjectKind:
        if trade == "farm":
            return self.random.choices((SubjectKind.COOPERATIVE, SubjectKind.COLLECTIVE), (9, 1))[0]
        if trade in {"trade", "ski", "test", "fuel"}:
            return self.random.choices((SubjectKind.ENTERPRISE, SubjectKind.BRANCH), (8, 2))[0]
        if trade == "school":
            return self.random.choices(
                (SubjectKind.SOCIAL, SubjectKind.ENTERPRISE, SubjectKind.INSTITUTION), (6, 3, 1)
            )[0]
        return self.random.choices((SubjectKind.INDIVIDUAL, SubjectKind.ENTERPRISE), (85, 15))[0]

    def _division(self, area: Area) -> str:
        if not area.divisions:
            return "231102" if area.key == "heihe-ftz" else "231182"
        old = len(area.divisions) > 1 and self.random.random() < 0.25
        return area.divisions[-1] if old else area.divisions[0]

    def _code(self, subject: SubjectKind, division: str) -> str:
        head = {
            SubjectKind.ENTERPRISE: "91",
            SubjectKind.BRANCH: "91",
            SubjectKind.INDIVIDUAL: "92",
            SubjectKind.COOPERATIVE: "93",
            SubjectKind.COLLECTIVE: "N2",
            SubjectKind.SOCIAL: "52",
            SubjectKind.INSTITUTION: "12",
        }[subject]
        while True:
            if division == "231121":
                body = "".join(self.random.choices("0123456789", k=8))
            else:
                body = "MA1" + "".join(self.random.choices(ALPHABET, k=5))
            first = head + division + body + organisation_check(body)
            code = first + check_character(first)
            if code not in self._codes and not is_resident_id(code):
                self._codes.add(code)
                return code

    def _registration_number(self, division: str) -> str:
        first = f"{division}{self.random.randint(0, 99_999_999):08d}"
        return first + mod_11_10(first)

    def person(self) -> str:
        given = self.random.choice(names.GIVEN)
        if self.random.random() < 0.6:
            given += self.random.choice(names.GIVEN)
        if self.random.random() < 0.01:
            given = self.random.choice(names.RARE_GIVEN)
        return self.random.choice(names.SURNAMES) + given

    def _name(self, area: Area, trade: str, subject: SubjectKind) -> str:
        words = names.RARE_WORDS if self.random.random() < 0.01 else names.SHOP_WORDS
        word = self.random.choice(words) + self.random.choice(names.GIVEN)
        if area.key == "heihe-ftz" and self.random.random() < 0.15:
            word = self.random.choice(names.RUSSIAN)
        tail = self.random.choice(names.TRADES[trade][0])
        place = {"heihe-ftz": "黑河", "wdlc-scenic": "五大连池风景区"}.get(area.key, area.name.removesuffix("本级"))
        if subject is SubjectKind.COLLECTIVE:
            return f"{place}{word}村股份经济合作社"
        if subject is SubjectKind.BRANCH:
            return f"{place}{word}{tail}第{self.random.randint(1, 9)}分公司"
        if subject is SubjectKind.ENTERPRISE and not tail.endswith("公司"):
            return f"{place}{word}{tail}有限公司"
        return f"{place}{word}{tail}"

    def _licence(self, area: Area, trade: str, subject: SubjectKind) -> Licence:
        states, weights = zip(*_STATES, strict=True)
        state = self.random.choices(states, weights)[0]
        place = division_name(area.divisions[0]) if area.divisions else area.name
        street = self.random.choice(names.STREETS[area.key])
        premises = f"黑河市{place}{street}{self.random.randint(1, 399)}号"
        if self.random.random() < 0.5:
            premises += f"底商{self.random.randint(101, 130)}"
        individual = subject is SubjectKind.INDIVIDUAL
        company = "有限责任公司（自然人独资）" if self.random.random() < 0.4 else "有限责任公司"
        kind = company if subject is SubjectKind.ENTERPRISE else subject.label
        suspended = self.random.random() < 0.01
        changed = self.today - timedelta(days=self.random.randint(5, 1500))
        return Licence(
            self._name(area, trade, subject),
            kind,
            self.person(),
            premises,
            names.TRADES[trade][1],
            f"{place}市场监督管理局",
            self.today - timedelta(days=self.random.randint(40, 7000)),
            state,
            None if state is RegistrationState.ACTIVE else changed,
            "" if individual else f"{self.random.choice((10, 30, 50, 100, 200, 500, 1000))}万元人民币",
            self.random.choice(("个人经营", "家庭经营")) if individual else "",
            self._name(area, trade, subject) if self.random.random() < 0.03 else "",
            self.today + timedelta(days=self.random.randint(1, 900)) if suspended else None,
        )

    def _permits(self, trade: str, area: Area) -> tuple[Permit, ...]:
        kind = names.TRADES[trade][2]
        if not kind:
            return ()
        found = [self._permit(kind, trade, area, self._ending())]
        if trade == "grocery" and self.random.random() < 0.5:
            found.append(self._permit("烟草专卖零售许可证", trade, area, self._ending()))
        if trade == "pharmacy":
            found.append(self._permit("第二类医疗器械经营备案", trade, area, None))
        if self.random.random() < 0.03 and found[0].valid_to and found[0].valid_to >= self.today:
            found.append(self._permit(kind, trade, area, self.today - timedelta(days=self.random.randint(1, 300))))
        return tuple(found)

    def _ending(self) -> date:
        span = self.random.choices(((31, 1800), (0, 30), (-200, -1)), (91, 5, 4))[0]
        return self.today + timedelta(days=self.random.randint(*span))

    def _permit(self, kind: str, trade: str, area: Area, ends: date | None) -> Permit:
        division = area.divisions[0] if area.divisions else "231102"
        if kind == "食品经营许可证":
            first = f"{1 if trade == 'grocery' else 2}{division}{self.random.randint(0, 999_999):06d}"
            number = f"JY{first}{mod_11_10(first)}"
        else:
            number = f"{division}{self.random.randint(0, 999_999):06d}"
        starts = (ends or self.today + timedelta(900)) - timedelta(days=1825)
        state = "注销" if self.random.random() < 0.004 else "有效"
        authority = f"{division_name(division)}市场监督管理局"
        return Permit(kind, number, authority, names.TRADES[trade][1], starts, starts, ends, state)

    def _credit(self, subject: SubjectKind) -> Iterator[CreditRecord]:
        chance = self.random.random
        if chance() < 0.04:
            reason = "未按规定报送年度报告" if chance() < 0.7 else "通过登记的住所（经营场所）无法联系"
            verb = "标记为经营异常状态" if subject is SubjectKind.INDIVIDUAL else "列入经营异常名录"
            yield self._ended(self._record(CreditKind.ABNORMAL, f"{verb}：{reason}"))
        if chance() < 0.012:
            yield self._ended(self._record(CreditKind.SERIOUS, self.random.choice(names.SERIOUS)))
        if chance() < 0.05:
            record = self._record(CreditKind.PENALTY, self.random.choice(names.PENALTIES))
            ends = record.source_date + timedelta(days=self.random.choice((90, 365, 1095)))
            yield replace(record, publish_until=ends, detail=f"罚款 {self.random.randint(2, 30) * 100} 元")
        if chance() < 0.02:
            record = self._record(CreditKind.CORRECTION, self.random.choice(names.CORRECTIONS))
            due = self.today + timedelta(days=self.random.randint(-20, 25))
            closed = due - timedelta(days=2) if chance() < 0.3 and due < self.today else None
            number = f"监责改〔{record.source_date.year}〕{self.random.randint(1, 900)}号"
            yield replace(record, number=number, due=due, closed=closed)
        if chance() < 0.25:
            yield self._record(CreditKind.COMMITMENT, self.random.choice(names.COMMITMENTS))
        if chance() < 0.1:
            yield self._record(
                CreditKind.EVALUATION, f"{self.random.randint(2024, 2025)} 年度纳税信用 {self.random.choice('ABM')} 级"
            )
        if chance() < 0.02:
            yield self._record(CreditKind.HONOUR, "诚信经营示范单位")
        if chance() < 0.08:
            yield self._record(CreditKind.SELF_DECLARED, "自愿申报：已投保食品安全责任保险")

    def _record(self, kind: CreditKind, title: str) -> CreditRecord:
        day = self.today - timedelta(days=self.random.randint(10, 900))
        return CreditRecord(kind, title, "", "黑河市有关部门", SOURCE, day)

    def _ended(self, record: CreditRecord) -> CreditRecord:
        """Some records are repaired or past their publication: those must never show."""
        fate = self.random.random()
        recently = self.today - timedelta(days=self.random.randint(0, 9))
        if fate < 0.15:
            return replace(record, repaired=recently)
        if fate < 0.25:
            return replace(record, publish_until=recently - timedelta(days=1))
        return record


def _told(entity: Entity, at: datetime) -> Entity:
    """An entity of which one source said everything as of one moment."""
    day = china_day(at)
    return replace(
        entity,
        licence=replace(entity.licence, source=SOURCE, as_of=day),
        permits=tuple(replace(p, source=SOURCE, as_of=day) for p in entity.permits),
        credit=tuple(replace(r, as_of=day) for r in entity.credit),
        as_of=at,
    )
