"""Do digests, ciphers and signatures give the values that their standards print?"""

import random
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from data.spec.digests import Digest, hex_digest, keyed_reference
from data.spec.sealing import Sealing, seal, unseal
from data.spec.signatures import Ed25519Signer, Ed25519Verifier, Sm2Verifier

SM4_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
SM2_PUBLIC = bytes.fromhex(
    "0410431e25692846edefdb44a1f35f9c6be528dde394e2115024c415b24353108e"
    "4c8c416ac37288dc50f1052b60f23cda26bf1ce34a0332379103988832013de4"
)
SM2_SIGNED = {
    "授权书": (
        "3045022100acf67661a5b70a5cbc665fd91026197c96d894810ae1cca3cb1e8ebd5e9a6d"
        "3e02205f2a1d7a794ed57731ab9f97b300843c7c2b12d12e735642ca3029c97bfa28c1"
    ),
    "message digest": (
        "30450221008240d9cc4cf913a467fcccfb031f4cbd699040506e968a34649ae09b40c1b9"
        "b202203d0a58073b290e1af00308aff1b6da28e9d692adf463d41fe7a135d1757bbad9"
    ),
    "a" * 200: (
        "3045022100a798425555986982a5b59f03b83e51dd811e81a43bc0895cfd8b17b71eaf98"
        "8a022016f83f296fc82852cd2e38b2ebb3b6e364248fc92c8c9d0179581e6ffae95c44"
    ),
}
"""Made once by the `openssl` command line (3.0), whose user id is the usual one."""


@pytest.mark.parametrize(
    ("said", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_examples_of_its_standard(said: bytes, digest: str) -> None:
    """GB/T 32905-2016 annex A."""
    assert hex_digest(Digest.SM3, said) == digest


def test_sha256_gives_the_example_of_its_standard() -> None:
    """FIPS 180-4, example of one block."""
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    assert hex_digest(Digest.SHA256, b"abc") == digest


@pytest.mark.parametrize("alg", ["md5", "sha1", "SHA256", ""])
def test_an_algorithm_that_is_not_named_is_refused(alg: str) -> None:
    with pytest.raises(ValueError, match="is not a valid Digest"):
        hex_digest(alg, b"abc")


def test_sm4_gives_the_example_of_its_standard() -> None:
    """GB/T 32907-2016 annex A.1."""
    encryptor = Cipher(SM4(SM4_KEY), ECB()).encryptor()

    assert encryptor.update(SM4_KEY).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sealing_by_sm4_gives_the_example_of_rfc_8998() -> None:
    """RFC 8998 appendix A.1."""
    plain = "".join(letter * 16 for letter in "ABCDEFEA")
    sealed = (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    nonce, bound = bytes.fromhex("00001234567800000000abcd"), bytes.fromhex("feedfacedeadbeef" * 2 + "abaddad2")

    found = seal(Sealing.SM4_GCM, SM4_KEY, bytes.fromhex(plain), nonce=nonce, bound=bound)

    assert found == f"sm4-gcm:{nonce.hex()}:{sealed}"
    assert unseal(SM4_KEY, found, bound=bound) == bytes.fromhex(plain)


@pytest.mark.parametrize(("alg", "key"), [(Sealing.SM4_GCM, b"k" * 16), (Sealing.AES_256_GCM, b"k" * 32)])
def test_what_was_sealed_opens_only_unchanged_with_its_key_and_its_place(alg: Sealing, key: bytes) -> None:
    sealed = seal(alg, key, "内容".encode(), nonce=b"n" * 12, bound=b"column")
    changed = sealed[:-1] + ("0" if sealed[-1] != "0" else "1")

    assert unseal(key, sealed, bound=b"column").decode() == "内容"
    others = ((changed, b"column", key), (sealed, b"other", key), (sealed, b"column", b"x" + key[1:]))
    for given, bound, with_key in others:
        with pytest.raises(ValueError, match="not what was sealed"):
            unseal(with_key, given, bound=bound)
    with pytest.raises(ValueError, match="a key of"):
        seal(alg, key[1:], b"", nonce=b"n" * 12)
    with pytest.raises(ValueError, match="a nonce has"):
        seal(alg, key, b"", nonce=b"n" * 8)


def test_a_keyed_reference_is_found_again_only_with_the_key() -> None:
    one = keyed_reference(b"key", "91370303MA00000007")

    assert one == keyed_reference(b"key", "91370303MA00000007")
    assert one != keyed_reference(b"other", "91370303MA00000007")
    assert keyed_reference(b"key", "x", alg=Digest.SM3).startswith("sm3:")


def test_ed25519_gives_the_example_of_its_standard() -> None:
    """RFC 8032 section 7.1, test 2."""
    signer = Ed25519Signer(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )

    assert signer.verifier == Ed25519Verifier(bytes.fromhex(public))
    assert signer.sign(b"\x72").hex() == signature
    assert signer.verifier.verify(b"\x72", bytes.fromhex(signature))
    assert not signer.verifier.verify(b"\x73", bytes.fromhex(signature))
    assert "4ccd089b" not in repr(signer)


@pytest.mark.parametrize("said", sorted(SM2_SIGNED))
def test_signatures_made_elsewhere_by_sm2_are_verified(said: str) -> None:
    signature = bytes.fromhex(SM2_SIGNED[said])

    assert Sm2Verifier(SM2_PUBLIC).verify(said.encode(), signature)
    assert not Sm2Verifier(SM2_PUBLIC).verify(said.encode() + b" ", signature)
    assert not Sm2Verifier(SM2_PUBLIC, user=b"other").verify(said.encode(), signature)


@pytest.mark.parametrize("said", sorted(SM2_SIGNED))
def test_a_signature_by_sm2_altered_in_any_one_bit_is_refused(said: str) -> None:
    told, chance = said.encode() + bytes.fromhex(SM2_SIGNED[said]), random.Random(said)
    length = len(said.encode())
    for _ in range(20):
        altered = bytearray(told)
        altered[chance.randrange(len(told))] ^= 1 << chance.randrange(8)
        assert not Sm2Verifier(SM2_PUBLIC).verify(bytes(altered[:length]), bytes(altered[length:]))


@pytest.mark.parametrize("signature", ["", "00", "3006020100020100", "30060201010201ff", "30" + "ff" * 70])
def test_what_is_no_signature_by_sm2_is_refused(signature: str) -> None:
    assert not Sm2Verifier(SM2_PUBLIC).verify(b"said", bytes.fromhex(signature))


def openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def sm2_pair(folder: Path) -> tuple[Path, bytes]:
    """Make a key pair; the public half is the last 65 bytes of its DER form."""
    key = folder / "key.pem"
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", str(key))
    return key, openssl("pkey", "-in", str(key), "-pubout", "-outform", "DER")[-65:]


def sm2_verified(folder: Path, rounds: int) -> tuple[int, int]:
    """Sign by the `openssl` command line, which the long run needs (3.0 or later).

    Return how many signatures were verified, and how many altered ones refused.
    """
    key, public = sm2_pair(folder)
    verifier, chance, told = Sm2Verifier(public), random.Random(7), folder / "said"
    verified = refused = 0
    for _ in range(rounds):
        said = chance.randbytes(chance.randint(1, 300))
        told.write_bytes(said)
        options = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678")
        signature = openssl("pkeyutl", "-sign", "-inkey", str(key), "-in", str(told), *options)
        place, bit = chance.randrange(len(said) + len(signature)), 1 << chance.randrange(8)
        altered = bytearray(said + signature)
        altered[place] ^= bit
        verified += verifier.verify(said, signature)
        refused += not verifier.verify(bytes(altered[: len(said)]), bytes(altered[len(said) :]))
    return verified, refused


@pytest.mark.deep
def test_a_thousand_signatures_of_the_command_line(tmp_path: Path, figure: Callable[[str, float], None]) -> None:
    verified, refused = sm2_verified(tmp_path, 1000)

    figure("sm2_verified", verified)
    figure("sm2_altered_refused", refused)
    assert (verified, refused) == (1000, 1000)


def test_key_ids_tell_keys_apart() -> None:
    assert Sm2Verifier(SM2_PUBLIC).key_id == sha256(SM2_PUBLIC).hexdigest()[:32]
    assert Ed25519Signer(b"a" * 32).verifier.key_id != Ed25519Signer(b"b" * 32).verifier.key_id
