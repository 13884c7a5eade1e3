"""Is a checkpoint what RFC 6962 and C2SP say, and does it hold who signed what?"""

import base64
import random
from hashlib import sha256

import pymerkle
import pytest

from data.spec.checkpoints import (
    ChainHead,
    CheckpointInvalid,
    check_heads,
    check_path,
    checkpoint_of,
    key_text,
    path_of,
    read_key,
    read_note,
    sign_note,
)
from data.spec.digests import Digest
from data.spec.merkle import inclusion_path, leads_to, tree_root
from data.spec.signatures import Ed25519Signer

OLD, NEW = Ed25519Signer(b"o" * 32), Ed25519Signer(b"n" * 32)
HEADS = [ChainHead(f"bank-{letter}", 7 + place, letter * 64) for place, letter in enumerate("fabced")]


def test_roots_are_those_of_another_library_for_every_size_up_to_300() -> None:
    tree, leaves = pymerkle.InmemoryTree(algorithm="sha256"), []
    for size in range(1, 301):
        leaf = f"leaf {size}".encode()
        leaves.append(leaf)
        tree.append_entry(leaf)

        assert tree_root("sha256", leaves) == tree.get_root(size)


def test_the_empty_tree_has_the_digest_of_nothing() -> None:
    assert tree_root("sha256", []) == sha256(b"").digest()


@pytest.mark.parametrize("alg", list(Digest))
def test_every_leaf_of_every_small_tree_is_shown_and_no_other(alg: Digest) -> None:
    for size in range(1, 20):
        leaves = [f"leaf {number}".encode() for number in range(size)]
        root = tree_root(alg, leaves)
        for index, leaf in enumerate(leaves):
            path = inclusion_path(alg, leaves, index)

            assert leads_to(alg, leaf, path, index=index, size=size, root=root)
            assert not leads_to(alg, b"other", path, index=index, size=size, root=root)
            assert not leads_to(alg, leaf, [*path, root], index=index, size=size, root=root)
            assert not leads_to(alg, leaf, path[:-1], index=index, size=size, root=root) or not path
            others = [place for place in range(size) if place != index]
            assert not any(leads_to(alg, leaf, path, index=place, size=size, root=root) for place in others)


def test_a_note_has_the_form_of_the_public_one() -> None:
    """C2SP tlog-checkpoint: origin, size, root in base64, own lines; a blank line; an em dash per signature."""
    note = sign_note(checkpoint_of(HEADS, at="2026-01-01T09:30:00+08:00"), [OLD])

    lines = note.split("\n")
    root = tree_root("sha256", [head.leaf for head in sorted(HEADS)])
    assert lines[:3] == ["lukeping/audit", "6", base64.b64encode(root).decode()]
    assert lines[3:7] == ["digest sha256", "entries 57", "at 2026-01-01T09:30:00+08:00", ""]
    assert lines[7].startswith("— lukeping/audit ")
    signed = base64.b64decode(lines[7].split(" ")[2])
    public = OLD.verifier.public
    assert signed[:4] == sha256(b"lukeping/audit\n\x01" + public).digest()[:4]
    assert OLD.verifier.verify("\n".join(lines[:6]).encode() + b"\n", signed[4:])


@pytest.mark.parametrize("alg", list(Digest))
def test_a_note_is_read_by_any_of_its_keys_and_its_heads_fit(alg: Digest) -> None:
    made = checkpoint_of(HEADS, at="2026-01-01T09:30:00+08:00", alg=alg)
    note = sign_note(made, [NEW, OLD])

    assert read_note(note, [OLD.verifier]) == read_note(note, [NEW.verifier]) == made
    check_heads(made, HEADS[::-1])


def test_a_note_with_any_byte_changed_is_refused() -> None:
    note = sign_note(checkpoint_of(HEADS, at="2026-01-01T09:30:00+08:00"), [OLD]).encode()
    chance = random.Random(3)

    for place in range(len(note) - 1):
        changed = bytearray(note)
        changed[place] ^= 1 << chance.randrange(7)
        with pytest.raises(CheckpointInvalid):
            read_note(bytes(changed).decode(errors="replace"), [OLD.verifier])


def test_a_note_of_an_unknown_key_is_refused() -> None:
    note = sign_note(checkpoint_of(HEADS, at="now"), [OLD])

    for keys in ([], [NEW.verifier]):
        with pytest.raises(CheckpointInvalid):
            read_note(note, keys)


@pytest.mark.parametrize(
    "heads",
    [HEADS[1:], [*HEADS, ChainHead("z", 1, "0")], [ChainHead("bank-f", 6, "f" * 64), *HEADS[1:]]],
)
def test_other_heads_do_not_fit(heads: list[ChainHead]) -> None:
    with pytest.raises(CheckpointInvalid):
        check_heads(checkpoint_of(HEADS, at="now"), heads)


def test_a_bank_shows_its_own_end_without_those_of_others() -> None:
    made = checkpoint_of(HEADS, at="now")
    head = HEADS[3]

    index, path = path_of(HEADS, head.tenant, alg=made.alg)

    check_path(made, head, path, index=index)
    with pytest.raises(CheckpointInvalid):
        check_path(made, ChainHead(head.tenant, head.seq - 1, head.hash), path, index=index)


def test_a_key_is_passed_on_as_one_line() -> None:
    text = key_text(OLD.verifier)

    assert read_key(f"{text}\n") == OLD.verifier
    for wrong in ("", text[:-4], text.replace("audit", "other"), text.replace("+", "-"), "a+b+c"):
        with pytest.raises(CheckpointInvalid):
            read_key(wrong)
