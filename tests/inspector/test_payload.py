"""Scanned texts: the 24 shapes of the field, hostile addresses, and any bytes at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.hosts import HostClass, HostRules, classify, split
from inspector.payload import MAX_BYTES, Payload, PayloadKind, parse

RULES = HostRules()
CASES = json.loads((Path(__file__).parent.parent / "data" / "payloads.json").read_text(encoding="utf-8"))
SHOP = "92231102MA1Y000189"
RESIDENT = "110101199003070679"


def of(text: str) -> Payload:
    return parse(text.encode(), RULES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_field_payloads(case: dict[str, Any]) -> None:
    found = of(case["payload"]).found
    codes = {(f.kind, f.value) for f in found}
    assert codes == {tuple(e) for e in case["expect"]}
    if len({v for k, v in codes if k == "uscc"}) == 1:
        assert found[0].kind == "uscc", "a code outranks its own registration number"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("WIFI:T:WPA;S:shop;P:12345678;;", PayloadKind.WIFI),
        ("https://qr.alipay.com/fkx123456789012345678", PayloadKind.PAYMENT),
        ("wxp://f2f0abcdef", PayloadKind.PAYMENT),
        ("https://u.wechat.com/abc", PayloadKind.WECHAT),
        ("https://hl.gsxt.gov.cn/business/JCXX.jspx?id=AB12CD34EF56", PayloadKind.OPAQUE),
        ("91231121712345672L 93231183MA1AB2C34A", PayloadKind.SEVERAL),
        ("https://example.com/menu", PayloadKind.FOREIGN),
        ("  \u200b ", PayloadKind.EMPTY),
        (f"https://msc.heihe.gov.cn/e/{SHOP}", PayloadKind.CODE),
        (f"https://msc.heihe.gov.cn/e/{SHOP}#1abc_-", PayloadKind.SIGNED),
        (f"https://msc.heihe.gov.cn/e/{SHOP}#2abc", PayloadKind.CODE),
    ],
)
def test_kinds(text: str, kind: PayloadKind) -> None:
    assert of(text).kind is kind


@pytest.mark.parametrize("text", [RESIDENT, f"身份证：{RESIDENT}，经营者", f"https://x.gov.cn/?id={RESIDENT}&c={SHOP}"])
def test_a_resident_id_is_refused_and_not_kept(text: str) -> None:
    payload = of(text)
    assert payload.kind is PayloadKind.RESIDENT_ID
    assert RESIDENT not in repr(payload)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://msc.heihe.gov.cn/e/x", HostClass.OWN),
        ("https://MSC.Heihe.gov.cn./e/x", HostClass.OWN),
        ("http://msc.heihe.gov.cn/e/x", HostClass.SUSPICIOUS),
        ("https://msc.heihe.gov.cn:8443/e/x", HostClass.SUSPICIOUS),
        ("https://msc.heihe.gov.cn@evil.com/e/x", HostClass.SUSPICIOUS),
        ("https://msc.heihe.gov.cn\\@evil.com/e/x", HostClass.SUSPICIOUS),
        ("https://evil.com\\.msc.heihe.gov.cn/e/x", HostClass.SUSPICIOUS),
        ("https://msc.heihe.gov.cn.evil.cn/e/x", HostClass.SUSPICIOUS),
        ("https://msc-heihe-gov-cn.com/e/x", HostClass.SUSPICIOUS),
        ("https://gsxt-gov.cn/x", HostClass.SUSPICIOUS),
        ("https://xn--msc-heihe.gov.cn/e/x", HostClass.SUSPICIOUS),
        ("https://mѕc.heihe.gov.cn/e/x", HostClass.SUSPICIOUS),
        ("http://222.143.24.250:8888/yzt", HostClass.SUSPICIOUS),
        ("http://0x7f.1/yzt", HostClass.SUSPICIOUS),
        ("http://2130706433/", HostClass.SUSPICIOUS),
        ("http://[::1]/", HostClass.SUSPICIOUS),
        ("javascript://gov.cn/%0aalert(1)", HostClass.SUSPICIOUS),
        ("http://www.jsgsj.gov.cn:58888/x", HostClass.OFFICIAL),
        ("https://www.szcredit.com.cn/x", HostClass.KNOWN),
        ("https://example.com/", HostClass.UNKNOWN),
    ],
)
def test_hosts(address: str, expected: HostClass) -> None:
    assert classify(split(address), RULES) is expected


def test_aliases_ignore_what_changes_and_nothing_else() -> None:
    base = "http://hl.gsxt.gov.cn/business/JCXX.jspx?id=AB12CD34EF56"
    key = of(base).alias_key
    assert key
    assert of(base + "&nsukey=zzz&from=singlemessage").alias_key == key
    assert of(base.replace("http:", "https:")).alias_key == key
    assert of(base.replace("AB12", "AB13")).alias_key != key
    assert not of("http://www.gsxt.gov.cn/%7BVGf3Z1bUoQ-1512345678901%7D").alias_key
    assert not of("https://qr.alipay.com/fkx123456789012345678").alias_key


@given(st.binary(max_size=3 * MAX_BYTES))
def test_any_bytes_give_a_payload(data: bytes) -> None:
    assert isinstance(parse(data, RULES), Payload)


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_code_between_other_words_is_found_or_the_text_holds_more(before: str, after: str) -> None:
    payload = parse(f"{before}\n{SHOP}\n{after}".encode("utf-8", "replace"), RULES)
    assert payload.kind is PayloadKind.RESIDENT_ID or SHOP in {f.value for f in payload.found}
