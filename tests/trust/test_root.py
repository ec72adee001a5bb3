"""The ceremony of issuing keys, and what a laptop believes of it: two of three root keys, never backwards."""

import argparse
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import sqlite_utils
from securesystemslib.signer import CryptoSigner

from cache import schema, trust, trust_root
from cache.db import connect
from central import issuing, root_keys
from central.__main__ import main
from central.publish.repository import KeyFolder
from central.publish.root import replace_root, root_chain
from central.service import Service, open_service
from central.settings import Settings
from inspector import wire
from inspector.errors import KeysRefused
from inspector.trust.code import mint, verify
from inspector.trust.keys import KeyList, KeyRing, RootSigned, root_text
from inspector.verdict import TokenState
from inspector.wire import Enrolment
from tests.registers import client, make_repository, newest, publish_bytes
from tests.trust.tokens import CLAIMS, NOW, SHOP, STATUSES

PASSWORDS = {"1": "first-root-holder", "2": "second-root-holder", "3": "third-root-holder"}
COUNTY = "231102"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = open_service(Settings(tmp_path / "central"), lambda: NOW)
    yield opened
    opened.close()


@contextmanager
def open_again(folder: Path) -> Iterator[Service]:
    opened = open_service(Settings(folder / "central"))
    yield opened
    opened.close()


def first_root(service: Service) -> bytes:
    return (service.repository_folder / "metadata" / "1.root.json").read_bytes()


def taken(service: Service) -> KeyList:
    """What a laptop that only knows the first root makes of the published list."""
    signed = service.issuing.published()
    assert signed
    return trust_root.key_list(trust_root.follow(first_root(service), signed.roots), signed)


def proved(service: Service, division: str, issued: datetime, now: datetime = NOW) -> TokenState:
    key, signer = service.issuing.signer(division, now)
    token = mint(replace(CLAIMS, division=division, issued=issued), key.key_id, signer)
    return verify(token, SHOP, KeyRing(taken(service).keys), STATUSES, now).state


def take_off(service: Service, count: int = 3, threshold: int = 2) -> list[CryptoSigner]:
    """New root keys in memory, as ``root-init`` puts them in force."""
    new = [CryptoSigner.generate_ed25519() for _ in range(count)]
    service.issuing.again(NOW)
    replace_root(service.repository_folder, KeyFolder(service.key_folder / "tuf").roots(), new, threshold, NOW)
    return new


def publish(service: Service, *signers: CryptoSigner) -> KeyList:
    for signer in signers:
        issuing.sign(service.issuing.proposal, signer)
    return service.issuing.publish(*root_chain(service.repository_folder))


def test_the_whole_ceremony_by_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    holders, answers = tmp_path / "holders", [p for p in PASSWORDS.values() for _ in range(2)]
    monkeypatch.setattr(getpass, "getpass", lambda _: answers.pop(0))

    def keys(*arguments: str) -> tuple[int, str, str]:
        status = main(["--folder", str(tmp_path / "central"), "keys", *arguments])
        return status, *capsys.readouterr()

    assert "在本机上" in keys("list")[1]
    assert keys("root-init", str(holders))[0] == 0
    assert "3 个密钥，需要 2 个签名，离线" in keys("list")[1]
    assert not list((tmp_path / "central" / "keys").rglob("root-*.pem"))

    assert keys("propose", COUNTY)[0] == 0
    waiting = tmp_path / "central" / "keys" / "issuing" / "proposal.json"
    for holder, enough in (("3", False), ("1", True)):
        answers.append("not-the-password")
        assert keys("sign", str(holders / f"root-{holder}.json"))[0] == 1
        answers.append(PASSWORDS[holder])
        elsewhere = waiting.rename(tmp_path / "stick.json") if enough else None
        away = ("--proposal", str(elsewhere)) if elsewhere else ()
        assert keys("sign", str(holders / f"root-{holder}.json"), *away)[0] == 0
        if elsewhere:
            elsewhere.rename(waiting)
        status, told, refused = keys("publish")
        assert (status == 0) is enough
        assert ("第 3 版" in told) is enough
        assert ("不足 2 个" in refused) is not enough
    status, told, _ = keys("list")
    assert COUNTY in told
    assert "提案" not in told
    assert keys("publish")[0] == 1, "nothing is proposed"
    assert keys("revoke", "231102-nobody", "2026-11-01")[0] == 1
    answers.append(PASSWORDS["1"])
    assert keys("root-init", str(tmp_path / "others"))[0] == 1, "the root is not on this machine any more"

    files = [str(holders / f"root-{holder}.json") for holder in ("2", "3")]
    answers[:] = [PASSWORDS["2"]]
    assert "只到了 1 个" in keys("root-renew", files[0])[2]
    answers.extend((PASSWORDS["2"], PASSWORDS["3"]))
    assert "根的有效期至" in keys("root-renew", *files)[1]
    second = ["another-first-one", "another-second-one", "another-third-one"]
    answers.append(PASSWORDS["2"])
    assert keys("root-init", str(tmp_path / "others"), "--old", files[0])[0] == 1
    answers.extend((PASSWORDS["2"], PASSWORDS["3"], *(p for p in second for _ in range(2))))
    assert keys("root-init", str(tmp_path / "others"), "--old", *files)[0] == 0
    with open_again(tmp_path) as service:
        assert taken(service).keys, "a laptop that knows the first root alone follows all of them"
    answers.extend((PASSWORDS["2"], PASSWORDS["3"]))
    assert keys("root-renew", *files)[0] == 1, "the first holders are out of office"

    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert not any(p.encode() in path.read_bytes() for p in PASSWORDS.values())


def test_every_division_signs_for_itself_in_its_period(service: Service) -> None:
    holders = take_off(service)
    publish(service, *holders[:2])
    service.issuing.propose(COUNTY, NOW)
    assert publish(service, *holders[1:]).version == 3
    assert proved(service, COUNTY, NOW) is TokenState.GENUINE
    assert proved(service, "231100", NOW) is TokenState.GENUINE
    assert proved(service, COUNTY, NOW - timedelta(hours=2)) is TokenState.FORGED, "before the key's period"
    key, signer = service.issuing.signer(COUNTY, NOW)
    ring = KeyRing(taken(service).keys)
    other = mint(replace(CLAIMS, division="231100", issued=NOW), key.key_id, signer)
    assert verify(other, SHOP, ring, STATUSES, NOW).state is TokenState.FORGED
    with pytest.raises(KeysRefused, match="没有可用"):
        service.issuing.signer("231181", NOW)
    with pytest.raises(KeysRefused, match="6 位"):
        service.issuing.propose("../231", NOW)


def test_a_rotation_keeps_both_keys_live(service: Service) -> None:
    old, old_signer = service.issuing.signer("231100", NOW)
    before = mint(replace(CLAIMS, issued=NOW - timedelta(minutes=5)), old.key_id, old_signer)
    late = mint(replace(CLAIMS, issued=NOW + issuing.OVERLAP + timedelta(1)), old.key_id, old_signer)
    service.issuing.rotate("231100", NOW)
    publish(service, *KeyFolder(service.key_folder / "tuf").roots())
    new, _ = service.issuing.signer("231100", NOW)
    keys = taken(service).keys
    assert [k.key_id for k in keys] == [old.key_id, new.key_id]
    assert old.key_id != new.key_id
    assert verify(before, SHOP, KeyRing(keys), STATUSES, NOW).state is TokenState.GENUINE
    assert proved(service, "231100", NOW) is TokenState.GENUINE
    assert verify(late, SHOP, KeyRing(keys), STATUSES, NOW).state is TokenState.FORGED


def test_a_revocation_counts_from_its_day_and_never_moves_later(service: Service) -> None:
    root = KeyFolder(service.key_folder / "tuf").roots()
    key, signer = service.issuing.signer("231100", NOW)
    since = NOW - timedelta(minutes=30)
    service.issuing.revoke(key.key_id, since, NOW)
    publish(service, *root)
    service.issuing.revoke(key.key_id, NOW, NOW)
    publish(service, *root)
    ring = KeyRing(taken(service).keys)
    for issued, state in ((since, TokenState.REVOKED), (since - timedelta(minutes=1), TokenState.GENUINE)):
        token = mint(replace(CLAIMS, issued=issued), key.key_id, signer)
        assert verify(token, SHOP, ring, STATUSES, NOW).state is state
    with pytest.raises(KeysRefused, match="没有可用"):
        service.issuing.signer("231100", NOW)


def test_signatures_are_for_one_proposal(service: Service) -> None:
    holders = take_off(service)
    publish(service, *holders)
    service.issuing.propose(COUNTY, NOW)
    for signer in holders:
        issuing.sign(service.issuing.proposal, signer)
    old = service.issuing.proposal.read_bytes()
    service.issuing.propose("231181", NOW)
    with pytest.raises(KeysRefused, match="不足 2 个"):
        publish(service)
    publish(service, *holders)
    service.issuing.proposal.write_bytes(old)
    with pytest.raises(KeysRefused, match="不是接着"):
        publish(service)
    service.issuing.proposal.write_bytes(b"{")
    with pytest.raises(KeysRefused, match="没有可用的提案"):
        publish(service)


def test_what_is_not_under_the_roots_threshold_is_refused(service: Service) -> None:
    holders = take_off(service)
    publish(service, *holders)
    signed = service.issuing.published()
    assert signed
    root = trust_root.follow(first_root(service), signed.roots)
    impostors = [CryptoSigner.generate_ed25519() for _ in range(3)]
    text = root_text(signed.payload)
    one = {holders[0].public_key.keyid: holders[0].sign(text).signature}
    stolen = next(iter(one.values()))
    for signatures in (
        {},
        one,
        {s.public_key.keyid: s.sign(text).signature for s in impostors},
        one | {impostors[0].public_key.keyid: impostors[0].sign(text).signature},
        one | {holders[1].public_key.keyid: stolen},
        one | {holders[1].public_key.keyid: "zz"},
        {s.public_key.keyid: s.sign(signed.payload).signature for s in holders},
    ):
        with pytest.raises(msgspec.ValidationError, match="threshold"):
            trust_root.key_list(root, replace(signed, signatures=signatures))
    with pytest.raises(msgspec.ValidationError, match="threshold"):
        trust_root.key_list(root, replace(signed, payload=signed.payload.replace(b"231100", b"231102")))
    with pytest.raises(msgspec.ValidationError, match="threshold"):
        trust_root.key_list(first_root(service), signed)


def test_a_root_is_followed_only_from_the_one_before(service: Service, tmp_path: Path) -> None:
    first, holders = first_root(service), take_off(service)
    _, (second,) = root_chain(service.repository_folder)
    replace_root(service.repository_folder, holders[:2], holders[1:], 2, NOW)
    _, (_, third) = root_chain(service.repository_folder)
    assert trust_root.follow(first, (second, third)) == third
    assert trust_root.follow(third, (second, third)) == third, "never back to an older root"
    other = open_service(Settings(tmp_path / "impostor"), lambda: NOW)
    take_off(other)
    _, (foreign,) = root_chain(other.repository_folder)
    other.close()
    timestamp = (service.repository_folder / "metadata" / "timestamp.json").read_bytes()
    for later in ((third,), (foreign,), (b"{}",), (timestamp,), (second,) * 101, (second.replace(b"2027", b"2037"),)):
        with pytest.raises(msgspec.ValidationError):
            trust_root.follow(first, later)


def test_laptops_go_on_installing_under_a_new_root(tmp_path: Path) -> None:
    repository = make_repository(tmp_path)
    publish_bytes(repository, tmp_path, b"one")
    packs = client(tmp_path, repository)
    assert newest(packs).length == 3
    old, new = repository.keys.roots(), [CryptoSigner.generate_ed25519() for _ in range(3)]
    replace_root(repository.folder, old, new, 2, NOW)
    repository.keys.drop_roots()
    publish_bytes(repository, tmp_path, b"second", 2)
    assert newest(packs).length == 6
    assert newest(client(tmp_path / "fresh", repository)).length == 6


def test_one_holder_of_the_new_root_cannot_replace_it(service: Service) -> None:
    holders = take_off(service)
    _, (second,) = root_chain(service.repository_folder)
    replace_root(service.repository_folder, holders[:1], [CryptoSigner.generate_ed25519()], 1, NOW)
    _, (_, stolen) = root_chain(service.repository_folder)
    with pytest.raises(msgspec.ValidationError, match="threshold"):
        trust_root.follow(first_root(service), (second, stolen))


def test_a_laptop_never_goes_back(service: Service, tmp_path: Path) -> None:
    db = connect(tmp_path / "laptop.db", bytes(32))
    schema.migrate(db)
    enrolment = argparse.Namespace(tuf_root=first_root(service), receipt_key=service.keys.receipt_public)

    def take(keys: RootSigned | None, enrolled: Enrolment = enrolment) -> tuple[int, bytes]:  # type: ignore[assignment]
        assert keys
        with db.conn:
            trust.take(db, trust.Lists(keys), enrolled)
        return held(db)

    one = service.issuing.published()
    assert take(one)[0] == 1
    holders = take_off(service)
    publish(service, *holders)
    two = service.issuing.published()
    version, root = take(two)
    assert (version, root) == (2, two.roots[0] if two else b"")
    with pytest.raises(msgspec.ValidationError):
        take(one)  # signed by a root that has been replaced
    assert held(db) == (version, root)
    service.issuing.propose(COUNTY, NOW)
    publish(service, *holders)
    assert take(service.issuing.published())[0] == 3
    assert take(two)[0] == 3
    db.conn.close()


def held(db: sqlite_utils.Database) -> tuple[int, bytes]:
    keys = trust.value_of(db, trust.KEYS, KeyList)
    return (keys.version if keys else 0), trust.value_of(db, trust.ROOT, bytes) or b""


def test_a_root_key_lies_encrypted_and_opens_with_its_password_alone(tmp_path: Path) -> None:
    path = tmp_path / "root-1.json"
    made = root_keys.make(path, PASSWORDS["1"])
    assert root_keys.load(path, PASSWORDS["1"]).public_key == made.public_key
    whole = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    told = wire.decode(whole, dict[str, str])
    for name in ("public", "salt", "box"):
        changed = {
            **told,
            name: told[name][:-6] + ("AAAA" if told[name][-6:-2] != "AAAA" else "BBBB") + told[name][-2:],
        }
        path.write_bytes(wire.encode(changed))
        with pytest.raises(KeysRefused, match="打不开"):
            root_keys.load(path, PASSWORDS["1"])
    with pytest.raises(KeysRefused, match="已存在"):
        root_keys.make(path, PASSWORDS["1"])
    with pytest.raises(KeysRefused, match="至少"):
        root_keys.make(tmp_path / "root-2.json", "short")
    with pytest.raises(KeysRefused, match="打不开"):
        root_keys.load(tmp_path / "nowhere.json", PASSWORDS["1"])
