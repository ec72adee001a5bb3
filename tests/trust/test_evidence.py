"""Evidence that somebody tampered with: each attack on a journal is refused with its own sentence."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector import evidence, journal, wire
from inspector.__main__ import main
from inspector.evidence import FORMAT, Evidence, Extent, Proven, PublicKeys
from inspector.evidence_command import HOLDS, UNREADABLE, WRONG, verify
from inspector.journal import Head, entry_hash
from inspector.papers import proof as page
from inspector.scan.cascade import Scanner
from inspector.scan.pictures import decode_picture
from inspector.trust import device
from inspector.wire import BlobRef, DeviceCertificate, Event, EventKind, Handshake, Receipt, Signed
from tests.cache.officers import DEVICE, DEVICE_ID, RECEIPT_KEY, START, UNIT, signed

KEYS = PublicKeys((device.signing_public(RECEIPT_KEY),))
MINUTE = timedelta(minutes=1)
STRANGER = bytes(range(9, 41))


def certificate(key: bytes = DEVICE.signing, name: str = DEVICE_ID) -> Signed:
    return signed(DeviceCertificate(name, "laptop", device.signing_public(key), UNIT, "231102", START))


def entry(head: Head, *, receipted: bool = True, key: bytes = DEVICE.signing, **changes: object) -> Proven:
    """The entry after ``head``, sealed a minute after the one before and received an hour later."""
    seq = head.seq + 1
    event = Event(f"e-{seq}", EventKind.AUDIT, "audit/1", DEVICE_ID, seq, head.hash, ("HH0001",), START + seq * MINUTE,
                  "good", {"n": seq})  # fmt: skip
    event = replace(event, **changes)  # type: ignore[arg-type]
    sealed = journal.seal(event, key)
    at = event.captured_at + timedelta(hours=1)
    receipt = Receipt(event.event_id, event.device_id, event.device_seq, entry_hash(sealed.event), seq, at)
    return Proven(sealed, signed(receipt) if receipted else None)


def chain(length: int = 6, receipted: int = 6) -> list[Proven]:
    entries: list[Proven] = []
    head = Head()
    for seq in range(1, length + 1):
        entries.append(entry(head, receipted=seq <= receipted))
        head = Head(seq, entry_hash(entries[-1].entry.event))
    return entries


def proof(entries: Sequence[Proven]) -> Signed:
    count = len(entries)
    head = entry_hash(entries[-1].entry.event)
    return signed(Handshake(DEVICE_ID, count, count, head, 0, START + timedelta(hours=2)))


def whole(entries: Sequence[Proven], told: Signed | None = None) -> Evidence:
    return Evidence(FORMAT, Extent.JOURNAL, certificate(), tuple(entries), told)


def after(proven: Proven) -> Head:
    return Head(wire.decode(proven.entry.event, Event).device_seq, entry_hash(proven.entry.event))


def wrong(made: Evidence) -> str:
    return "\n".join(evidence.check(made, KEYS).wrong)


def test_a_whole_journal_holds() -> None:
    entries = chain(6, 4)
    found = evidence.check(whole(entries, proof(entries[:4])), KEYS)
    assert not found.wrong
    assert (found.entries, found.receipts, found.head) == (6, 4, after(entries[-1]))
    assert found.first == START + MINUTE
    told = "\n".join(evidence.described(found, Extent.JOURNAL))
    assert "证明成立" in told
    assert "有 2 条没有中心的回执" in told
    assert found.head.hash[:8] in told


def rewritten(entries: list[Proven]) -> list[Proven]:
    """With the stolen device key the third entry and all after it are made anew."""
    head = after(entries[1])
    made = [entry(head, body={"n": 99})]
    for _ in range(3):
        made.append(entry(after(made[-1])))
    return [*entries[:2], *made]


ATTACKS: dict[str, tuple[Callable[[list[Proven]], list[Proven]], str]] = {
    "deleted": (lambda e: [*e[:2], *e[3:]], "第 3 条：序号应为 3，实为 4"),
    "the first ones deleted": (lambda e: e[2:], "第 1 条：序号应为 1，实为 3"),
    "reordered": (lambda e: [*e[:2], e[3], e[2], *e[4:]], "第 3 条：序号应为 3，实为 4"),
    "doubled": (lambda e: [*e[:3], e[2], *e[3:]], "第 4 条：序号应为 4，实为 3"),
    "changed": (
        lambda e: [*e[:2], replace(e[2], entry=replace(e[2].entry, event=e[2].entry.event + b" ")), *e[3:]],
        "第 3 条：签名不符",
    ),
    "made anew with another body": (lambda e: [*e[:2], entry(after(e[1]), body={"n": 0}), *e[3:]], "第 4 条：与前一条"),
    "a tail cut off": (lambda e: e[:4], "文件只到第 4 条：尾部被截去"),
    "rewritten with the stolen key": (rewritten, "与中心保存的不同：被改写过"),
    "sealed by another device": (lambda e: [*e[:5], entry(after(e[4]), key=STRANGER)], "第 6 条：签名不符"),
    "said to be of another device": (
        lambda e: [*e[:5], entry(after(e[4]), device_id="d-other")],
        "第 6 条：是另一台电脑的记录",
    ),
    "with the number of another": (lambda e: [*e[:5], entry(after(e[4]), event_id="e-1")], "编号与前面的一条相同"),
    "dated after it was received": (
        lambda e: [*e[:5], replace(entry(after(e[4]), captured_at=START + timedelta(days=1)), receipt=e[5].receipt)],
        "回执是另一条记录的",
    ),
    "with a forged receipt": (
        lambda e: [*e[:5], replace(e[5], receipt=replace(e[5].receipt, signature=bytes(64)))],  # type: ignore[type-var]
        "第 6 条：回执不是中心签发的",
    ),
    "with the receipt of another": (lambda e: [*e[:5], replace(e[5], receipt=e[4].receipt)], "回执是另一条记录的"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_is_told(name: str) -> None:
    attack, said = ATTACKS[name]
    entries = chain()
    assert said in wrong(whole(attack(entries), proof(entries)))


def test_a_clock_set_forward_is_told_by_the_receipt() -> None:
    head = Head()
    made = entry(head, captured_at=START + timedelta(days=2))
    receipt = Receipt("e-1", DEVICE_ID, 1, entry_hash(made.entry.event), 1, START)
    assert "晚于中心收到它的时间" in wrong(whole([replace(made, receipt=signed(receipt))]))


def test_a_clock_set_back_is_noted() -> None:
    entries = chain(2)
    entries.append(entry(after(entries[-1]), captured_at=START - timedelta(days=1), clock="set_back"))
    found = evidence.check(whole(entries), KEYS)
    assert not found.wrong
    assert "早于它前面的一条" in found.notes[0]


def test_who_is_not_certified_proves_nothing() -> None:
    entries = chain()
    forged = replace(whole(entries), certificate=replace(certificate(), signature=bytes(64)))
    assert "证书不是中心签发的" in wrong(forged)
    other = replace(whole(entries), certificate=certificate(STRANGER, "d-stranger"))
    assert "签名不符" in wrong(other)
    assert "证书" in "\n".join(evidence.check(whole(entries), PublicKeys(())).wrong)
    assert "没有任何记录" in wrong(whole([]))


def test_the_proof_must_be_the_centres_and_about_this_device() -> None:
    entries = chain()
    word = proof(entries)
    assert "不是中心签发的" in wrong(whole(entries, replace(word, signature=bytes(64))))
    theirs = signed(Handshake("d-other", 1, 1, "0" * 64, 0, START))
    assert "另一台电脑" in wrong(whole(entries, theirs))


def test_two_journals_of_a_clone_contradict_each_other() -> None:
    entries = chain(4)
    one = whole([*entries, entry(after(entries[-1]), body={"by": "one"})])
    other = whole([*entries, entry(after(entries[-1]), body={"by": "other"})])
    assert not wrong(one)
    assert not wrong(other)
    assert "第 5 条在两份文件中不同" in evidence.conflict(one, other)
    assert evidence.conflict(one, whole(entries)) == ""


def record(*blobs: BlobRef) -> Evidence:
    """A record, number 3 of its journal, with its correction, number 5."""
    base = chain(2)
    first = entry(after(base[-1]), kind=EventKind.INSPECTION, blobs=blobs)
    between = entry(after(first))
    correction = entry(after(between), kind=EventKind.AMENDMENT, refers_to="e-3")
    return Evidence(FORMAT, Extent.RECORD, certificate(), (first, correction))


def test_a_record_holds_alone_and_with_its_correction() -> None:
    assert not wrong(record())
    assert not wrong(replace(record(), entries=record().entries[:1]))


def test_a_record_with_what_is_not_its_own_is_told() -> None:
    made = record()
    assert "只有更正" in wrong(replace(made, entries=made.entries[1:]))
    assert "顺序颠倒" in wrong(replace(made, entries=made.entries[::-1]))
    stranger = entry(after(made.entries[-1]))
    assert "无关" in wrong(replace(made, entries=(*made.entries, stranger)))


def test_attachments_are_compared(tmp_path: Path) -> None:
    photo = b"\xff\xd8\xff a photograph"
    digest = entry_hash(photo)
    made = record(BlobRef(digest, len(photo), "image/jpeg", "photo"))
    assert evidence.check(made, KEYS, {digest: len(photo)}).attachments == 1
    assert "缺少附件" in evidence.check(made, KEYS, {}).notes[0]
    assert "大小与记录不符" in evidence.check(made, KEYS, {digest: 1}).wrong[0]
    written = write(tmp_path, made)
    (tmp_path / "附件01.jpg").write_bytes(photo)
    assert command([written], tmp_path, Extent.RECORD)[:1] == (HOLDS,)
    assert "附件：1 份" in command([written], tmp_path, Extent.RECORD)[1]
    (tmp_path / "附件01.jpg").write_bytes(photo + b"!")
    assert "缺少附件" in command([written], tmp_path, Extent.RECORD)[1]


def test_the_printed_page_says_what_the_check_finds() -> None:
    entries = chain()
    good, bad = whole(entries, proof(entries)), whole(entries[:3], proof(entries))
    assert page.pdf(good, KEYS, START) == page.pdf(good, KEYS, START)
    assert page.pdf(good, KEYS, START) != page.pdf(bad, KEYS, START)
    (picture,) = page.pages(good, KEYS, START, 200)
    with Scanner() as scanner:
        (reading,) = scanner.still(decode_picture(picture)).readings
    assert reading.text == f"{page.MARK} {DEVICE_ID} 6 {entry_hash(entries[-1].entry.event)}"


# -- the commands


def write(folder: Path, made: Evidence, name: str = "台账.json") -> Path:
    (folder / "keys.json").write_bytes(wire.encode(KEYS))
    (folder / name).write_bytes(wire.encode(made))
    return folder / name


def command(paths: list[Path], folder: Path, extent: Extent = Extent.JOURNAL) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = verify([str(p) for p in paths], str(folder / "keys.json"), extent, out, err)
    return code, out.getvalue(), err.getvalue()


def test_the_commands_say_it_in_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = chain()
    good = write(tmp_path, whole(entries, proof(entries)))
    assert main(["verify-journal", str(good), "--keys", str(tmp_path / "keys.json")]) == HOLDS
    assert "每一条都已由中心签收" in capsys.readouterr().out
    cut = write(tmp_path, whole(entries[:3], proof(entries)), "cut.json")
    code, out, _ = command([cut], tmp_path)
    assert code == WRONG
    assert "证明不成立" in out
    clone = write(tmp_path, whole([*entries[:5], entry(after(entries[4]), body={"n": 0})]), "clone.json")
    code, out, _ = command([good, clone], tmp_path)
    assert code == WRONG
    assert "被复制过" in out
    code, _, err = command([good], tmp_path, Extent.RECORD)
    assert (code, "verify-journal" in err) == (UNREADABLE, True)


HOSTILE = [b"", b"{}", b"\xff\xfe", b"[" * 100_000, b"null", b'{"format": "mashangcha-evidence/1"}', b'{"format": NaN}']


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_what_is_no_evidence_is_told(tmp_path: Path, number: int) -> None:
    write(tmp_path, whole(chain()))
    (tmp_path / "evil.json").write_bytes(HOSTILE[number])
    code, _, err = command([tmp_path / "evil.json"], tmp_path)
    assert (code, "不能读取" in err) == (UNREADABLE, True)
    (tmp_path / "keys.json").write_bytes(HOSTILE[number])
    assert command([tmp_path / "台账.json"], tmp_path)[0] == UNREADABLE
    assert command([tmp_path / "none.json"], tmp_path)[0] == UNREADABLE


def test_a_file_steers_no_terminal(tmp_path: Path) -> None:
    evil = signed(DeviceCertificate(DEVICE_ID, "\x1b[2J\u202e", device.signing_public(DEVICE.signing), UNIT, "", START))
    made = write(tmp_path, replace(whole(chain()), certificate=evil))
    _, out, _ = command([made], tmp_path)
    assert "\x1b" not in out
    assert "\u202e" not in out


@given(st.integers(0, 10**9), st.integers(1, 255))
def test_any_changed_byte_is_found_or_changes_nothing(place: int, by: int) -> None:
    """One byte of the file anywhere: unreadable, refused, or what was sealed is still what is read."""
    entries = chain(3)
    data = bytearray(wire.encode(whole(entries, proof(entries))))
    place %= len(data)
    data[place] = (data[place] + by) % 256
    try:
        changed = evidence.read(bytes(data))
    except msgspec.MsgspecError:
        return
    sealed = [p.entry.event for p in entries]
    assert wrong(changed) or [p.entry.event for p in changed.entries] == sealed
