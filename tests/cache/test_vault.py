"""The vault: a slot opens with its own password only, guesses are counted for good, and nothing tells a secret."""

import secrets
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.vault import FREE_TRIES, KEPT_FAILURES, Cost, Keys, Vault, check_strength, new_keys
from inspector import wire
from inspector.errors import LockedOut, VaultDamaged, WeakPassword, WrongPassword
from inspector.trust import device
from tests.cache.officers import DEVICE_ID, PASSWORD, RECOVERY_KEY, HeldClock

OTHER = "北安 孙吴 逊克 嫩江"


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def keys() -> Keys:
    return new_keys()


@pytest.fixture
def vault(tmp_path: Path, clock: HeldClock, keys: Keys) -> Vault:
    vault = Vault(tmp_path / "slots.json", clock)
    vault.create(keys, DEVICE_ID, "HH0001", PASSWORD, device.box_public(RECOVERY_KEY))
    return vault


def again(vault: Vault, clock: HeldClock) -> Vault:
    """The same file after a restart of the program."""
    return Vault(vault.path, clock)


def fail(vault: Vault, times: int) -> None:
    for _ in range(times):
        with pytest.raises((WrongPassword, LockedOut)):
            vault.open("HH0001", "不是这个密码-试一试")


def test_opens_with_its_password_only(vault: Vault, clock: HeldClock, keys: Keys) -> None:
    assert again(vault, clock).open("hh0001 ", PASSWORD) == keys
    with pytest.raises(WrongPassword) as wrong:
        vault.open("HH0001", PASSWORD + "。")
    assert wrong.value.left == FREE_TRIES - 1
    with pytest.raises(WrongPassword):
        vault.open("HH0009", PASSWORD)


def test_a_password_is_the_same_in_every_input_form(vault: Vault, keys: Keys) -> None:
    vault.put(keys, "HH0002", "Ｓｎｏｗ ａｔ ｔｈｅ ｆｅｒｒｙ ２０２６")
    assert vault.open("HH0002", "Snow at the ferry 2026") == keys


def test_each_officer_has_a_slot_and_a_new_password_only_rewraps(vault: Vault, keys: Keys) -> None:
    vault.put(keys, "HH0002", OTHER)
    assert vault.numbers == ("HH0001", "HH0002")
    vault.put(keys, "HH0001", "换了-一个-更长的-密码")
    assert vault.open("HH0001", "换了-一个-更长的-密码") == keys
    assert vault.open("HH0002", OTHER) == keys
    with pytest.raises(WrongPassword):
        vault.open("HH0001", PASSWORD)


def test_five_wrong_tries_lock_and_each_further_one_doubles(vault: Vault, clock: HeldClock) -> None:
    fail(vault, FREE_TRIES)
    expected = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    for seconds in expected:
        assert (vault.left("HH0001"), vault.locked_seconds("HH0001")) == (0, seconds)
        clock.wait(seconds - 1)
        with pytest.raises(LockedOut) as locked:
            vault.open("HH0001", PASSWORD)
        assert locked.value.seconds == 1
        clock.wait(1)
        fail(vault, 1)
    clock.wait(3600)
    assert vault.open("HH0001", PASSWORD)
    assert vault.left("HH0001") == FREE_TRIES


def test_neither_restart_nor_clock_gives_new_tries(vault: Vault, clock: HeldClock) -> None:
    fail(vault, FREE_TRIES)
    clock.jump(timedelta(days=400))
    vault = again(vault, clock)
    assert vault.locked_seconds("HH0001") == 30
    clock.jump(timedelta(days=-900))
    vault = again(vault, clock)
    assert vault.locked_seconds("HH0001") == 30
    clock.wait(10)
    assert again(vault, clock).locked_seconds("HH0001") == 20


def test_after_a_reboot_only_the_time_since_then_counts(vault: Vault, clock: HeldClock) -> None:
    fail(vault, FREE_TRIES)
    clock.since_boot = 12.0
    assert again(vault, clock).locked_seconds("HH0001") == 18
    clock.wait(18)
    assert again(vault, clock).open("HH0001", PASSWORD)


def test_tries_are_counted_before_they_are_made(
    vault: Vault, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killing the program while it thinks gives no free try."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cache.vault._unwrap", killed)
    with pytest.raises(KeyboardInterrupt):
        vault.open("HH0001", PASSWORD)
    assert again(vault, clock).left("HH0001") == FREE_TRIES - 1


def test_wrong_tries_are_kept_for_the_journal(vault: Vault, clock: HeldClock) -> None:
    fail(vault, 2)
    vault.open("HH0001", PASSWORD)
    kept = again(vault, clock).failures()
    assert [f.number for f in kept] == ["HH0001", "HH0001"]
    vault.forget_failures(1)
    assert len(again(vault, clock).failures()) == 1
    assert KEPT_FAILURES >= 1000


def test_a_slot_is_bound_to_its_officer_and_device(vault: Vault, clock: HeldClock, keys: Keys) -> None:
    vault.put(keys, "HH0002", OTHER)
    text = vault.path.read_text()
    moved = text.replace("HH0001", "HH0009")
    vault.path.write_text(moved)
    with pytest.raises(WrongPassword):
        again(vault, clock).open("HH0009", PASSWORD)
    vault.path.write_text(text.replace(DEVICE_ID, "d-another"))
    with pytest.raises(WrongPassword):
        again(vault, clock).open("HH0001", PASSWORD)


@pytest.mark.parametrize("cost", [Cost(32 * 1024, 3, 2), Cost(64 * 1024, 2, 2), Cost(64 * 1024, 3, 0)])
def test_a_cheap_slot_is_not_made_and_not_opened(vault: Vault, clock: HeldClock, keys: Keys, cost: Cost) -> None:
    with pytest.raises(VaultDamaged):
        Vault(vault.path, clock, cost).put(keys, "HH0002", OTHER)
    slots = wire.decode(vault.path.read_bytes(), dict)
    slots["slots"][0]["cost"] = {"memory": cost.memory, "passes": cost.passes, "lanes": cost.lanes}
    vault.path.write_bytes(wire.encode(slots))
    with pytest.raises(VaultDamaged):
        again(vault, clock).open("HH0001", PASSWORD)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"device_id": "d", "version": 99}', b"\xff\xfe"])
def test_a_damaged_file_is_told_and_kept(vault: Vault, clock: HeldClock, damage: bytes) -> None:
    vault.path.write_bytes(damage)
    with pytest.raises(VaultDamaged):
        again(vault, clock)
    assert vault.path.read_bytes() == damage


def test_the_centre_alone_opens_the_recovery_slot(vault: Vault, keys: Keys) -> None:
    sealed = wire.decode(vault.path.read_bytes(), dict)["recovery"]
    box = wire.decode(wire.encode(sealed), bytes)
    assert device.unseal(RECOVERY_KEY, box, f"recovery/{DEVICE_ID}") == keys.data
    assert device.unseal(secrets.token_bytes(32), box, f"recovery/{DEVICE_ID}") is None


def test_no_secret_shows(vault: Vault, keys: Keys) -> None:
    assert repr(keys) == "Keys()"
    stored = vault.path.read_bytes()
    for secret in (keys.data, keys.database, keys.blobs):
        assert secret not in stored
        assert secret.hex().encode() not in stored
    assert len({keys.data, keys.database, keys.blobs}) == 3


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "一二三四五六七八九十一",
        "passwordpassword",
        "aaaaaaaaaaaaaaaa",
        "1234561234561",
        "HH0001HH0001HH",
        "a b c a",
    ],
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_strength(password, "HH0001")


@pytest.mark.parametrize(
    "password", [PASSWORD, OTHER, "correct horse battery staple", "春江花月夜-1987-黑河港", "tR7#kq9!mZ2p"]
)
def test_strong_passwords_are_taken(password: str) -> None:
    check_strength(password, "HH0001")


@given(st.text(max_size=40))
def test_any_text_is_taken_or_refused(password: str) -> None:
    try:
        check_strength(password, "HH0001")
    except WeakPassword:
        return
    assert len(password) >= 7
