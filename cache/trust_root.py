"""Who may say which keys issue codes: two of three holders of the offline root, in the form that TUF's root has.

The chain of roots is the one that register packs hang on; here it travels with the key list, so that a list can be
believed before any pack has been fetched.
"""

import msgspec
from securesystemslib.signer import Signature
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root

from inspector.trust.keys import KeyList, KeyRing, RootSigned, root_text

MOST_ROOTS = 100


def follow(root: bytes, later: tuple[bytes, ...]) -> bytes:
    """The newest root that ``later`` leads to, each step signed by the old and the new threshold (TUF 5.3).

    Versions that are not above the known one are passed over. Raises ``msgspec.ValidationError``.
    """
    if len(later) > MOST_ROOTS:
        raise msgspec.ValidationError("too many roots")
    known = _read(root)
    for data in later:
        new = _read(data)
        if new.signed.version <= known.signed.version:
            continue
        if new.signed.version != known.signed.version + 1:
            raise msgspec.ValidationError("a root is missing")
        for judge in (known.signed, new.signed):
            _verify(judge, new.signed_bytes, new.signatures)
        root, known = data, new
    return root


def key_list(root: bytes, signed: RootSigned) -> KeyList:
    """The key list that ``root``'s threshold signed. Raises ``msgspec.ValidationError`` for any other."""
    signatures = {key_id: Signature(key_id, value) for key_id, value in signed.signatures.items()}
    _verify(_read(root).signed, root_text(signed.payload), signatures)
    keys = msgspec.json.decode(signed.payload, type=KeyList)
    try:
        KeyRing(keys.keys)
    except ValueError as error:
        raise msgspec.ValidationError(str(error)) from None
    return keys


def _read(data: bytes) -> Metadata[Root]:
    try:
        metadata: Metadata[Root] = Metadata.from_bytes(data)
    except RepositoryError as error:
        raise msgspec.ValidationError("not a root") from error
    if not isinstance(metadata.signed, Root):
        raise msgspec.ValidationError("not a root")
    return metadata


def _verify(judge: Root, payload: bytes, signatures: dict[str, Signature]) -> None:
    try:
        judge.verify_delegate("root", payload, signatures)
    except (RepositoryError, ValueError) as error:
        raise msgspec.ValidationError("not signed by the root's threshold") from error
