"""Scanned texts: the 24 shapes of the field, hostile addresses, and any bytes at all."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.hosts import HostClass, HostRules, classify, split
from inspector.payload import MAX_BYTES, MAX_CHARACTERS, MAX_VIEWS, Payload, PayloadKind, _normal, _views, parse

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
        ("9223 1102-MA1Y 0001 89", PayloadKind.CODE),
        ("JY33 2028 1025 7113", PayloadKind.PERMIT),
        (f"https://msc.heihe.gov.cn/e/{SHOP}", PayloadKind.CODE),
        (f"https://msc.heihe.gov.cn/e/{SHOP}#1abc_-", PayloadKind.SIGNED),
        (f"https://msc.heihe.gov.cn/e/{SHOP}#2abc", PayloadKind.CODE),
    ],
)
def test_kinds(text: str, kind: PayloadKind) -> None:
    assert of(text).kind is kind


@pytest.mark.parametrize(
    "text",
    [
        RESIDENT,
        f"身份证：{RESIDENT}，经营者",
        f"https://x.gov.cn/?id={RESIDENT}&c={SHOP}",
        f"id{RESIDENT}card",
        "经营者 110101 19900307 0679",
        "110101-1990-0307-0679",
        "1 1 0 1 0 1 1 9 9 0 0 3 0 7 0 6 7 9",
        quote("１１０１０１１９９００３０７０６７９"),
        b64encode(f"ID={RESIDENT};".encode()).decode(),
    ],
)
def test_a_resident_id_is_refused_and_not_kept(text: str) -> None:
    payload = of(text)
    assert payload.kind is PayloadKind.RESIDENT_ID
    assert (payload.text, payload.found, payload.alias_key, payload.host) == ("", (), "", "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_resident_id_inside_any_text_is_not_kept(before: str, after: str) -> None:
    text = f"{before.rstrip('0123456789 -')}个{RESIDENT}个{after}"
    assert RESIDENT not in repr(parse(text.encode("utf-8", "replace"), RULES))


def test_a_text_cut_by_the_limit_is_still_read_as_it_was_written() -> None:
    long = SHOP + "店" * MAX_BYTES
    assert of(long).text.startswith(SHOP + "店店")
    assert parse(long.encode("gb18030"), RULES).text.startswith(SHOP + "店店")
    assert parse("统一社会信用代码：".encode("gb18030") + SHOP.encode(), RULES).found[0].score == 90


@pytest.mark.parametrize(
    "text",
    [
        "%25" * 1365,
        "&amp;" * 819,
        "ﷺ" * 1365,
        "https://gsxt.gov.cn/" + "{1" * 2038,
        " ".join(b64encode(b64encode(b"%2541&amp;amp;" * 2)).decode() for _ in range(70)),
        "%2525252541 &amp;amp;amp;amp;lt; " * 120,
    ],
)
def test_the_work_on_hostile_texts_is_bounded(text: str) -> None:
    views = list(_views(_normal(text)))
    assert len(views) <= MAX_VIEWS + 1
    assert sum(map(len, views)) <= MAX_CHARACTERS
    assert isinstance(of(text), Payload)


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
        ("https:\\\\msc.heihe.gov.cn\\e\\x", HostClass.SUSPICIOUS),
        ("HTTPS:/msc.heihe.gov.cn/e/x", HostClass.SUSPICIOUS),
        ("https:///msc.heihe.gov.cn/e/x", HostClass.SUSPICIOUS),
        ("https://msc%2eheihe.gov.cn/e/x", HostClass.SUSPICIOUS),
        ("C:\\gov.cn\\x", HostClass.NONE),
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
    assert of("https://shian.example.com/t/8831?shop=17").alias_key, "local systems print codes of their own"
    assert not of("https://gsxt-gov.cn/t/8831").alias_key, "a look-alike is never bound"
    assert not of("今天休息").alias_key
    assert not of("sms:10086").alias_key


@given(st.binary(max_size=3 * MAX_BYTES))
def test_any_bytes_give_a_payload(data: bytes) -> None:
    assert isinstance(parse(data, RULES), Payload)


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_code_between_other_words_is_found_or_the_text_holds_more(before: str, after: str) -> None:
    payload = parse(f"{before}\n{SHOP}\n{after}".encode("utf-8", "replace"), RULES)
    assert payload.kind is PayloadKind.RESIDENT_ID or SHOP in {f.value for f in payload.found}
