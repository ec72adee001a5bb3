"""The 30 scenarios against the circular's own list; their checklists keep to the rule that the code is voluntary."""

import json
from pathlib import Path
from typing import Any

import pytest

from inspector import checklist, scenarios
from inspector.inspection import lint
from inspector.scenarios import Mode, Rule, Scenario

CIRCULAR = json.loads((Path(__file__).parent.parent / "data" / "scenarios.json").read_text(encoding="utf-8"))
ON_SITE = scenarios.checklists()


@pytest.mark.parametrize("told", CIRCULAR["scenarios"], ids=lambda s: str(s["id"]))
def test_the_circulars_words(told: dict[str, Any]) -> None:
    scenario = scenarios.shipped()[told["id"]]
    assert (scenario.title, scenario.mode, scenario.entities) == (told["title"], told["mode"], told["entities"])
    assert list(scenario.units) == told["lead_units"]
    nowhere = "未规定" in told["spot"] or told["spot"].startswith("不适用")
    assert scenario.spot == ("" if nowhere else told["spot"])
    assert scenario.rule == (told["verdict"] or "")[:2]


def test_facts_of_the_circular() -> None:
    found = scenarios.shipped()
    assert list(found) == list(range(1, 31))
    assert {s.id for s in found.values() if s.mode is Mode.VERDICT} == {8, 12, 23, 24, 28}
    assert "100%" in found[5].goal
    assert found[19].goal == "5 家，每家 100 份"
    assert found[20].goal == "20 家"
    assert "码上证明" in found[21].title
    assert (found[14].mode, found[14].rule) == (Mode.INSPECT, Rule.V5)


@pytest.mark.parametrize("scenario", scenarios.shipped().values(), ids=lambda s: s.template_id)
def test_who_is_visited_has_a_checklist(scenario: Scenario) -> None:
    assert (scenario.template_id in ON_SITE) == (scenario.mode not in scenarios.AT_A_DESK)
    assert scenario.template_id not in checklist.shipped()


@pytest.mark.parametrize("template", ON_SITE.values(), ids=lambda t: t.id)
def test_checklists_are_sound(template: checklist.Template) -> None:
    items = template.items()
    assert len({i.id for i in items}) == len(items) >= 10
    assert all(i.text and i.basis for i in items)
    assert not any(lint(p) for i in items for p in i.phrases)


@pytest.mark.parametrize("template", ON_SITE.values(), ids=lambda t: t.id)
def test_the_code_is_voluntary_and_the_licence_is_not(template: checklist.Template) -> None:
    for item in template.items():
        if not item.basis.startswith("《"):
            assert item.guidance or item.investigate, f"{item.text}: no law, no violation"
        assert not (item.guidance and item.investigate)
    licence = [i for i in template.items() if "营业执照" in i.text]
    assert licence
    assert not any(i.guidance or i.investigate for i in licence)


def test_the_spot_and_the_permits_are_named() -> None:
    canteen = {i.id: i for i in ON_SITE["scenario-01"].items()}
    assert "经营场所显著位置（张贴）" in canteen[scenarios.SPOT].text
    assert canteen[scenarios.PERMITS].text.startswith("食品经营许可证")
    training = {i.id: i for i in ON_SITE["scenario-07"].items()}
    assert "没有规定位置" in training[scenarios.SPOT].text
