"""Which one hash stands for many leaves, and how is one leaf shown to be among them?

Hashes as RFC 6962 section 2.1 has them (a leaf after 0x00, a node after 0x01), over any digest of
`data.spec.digests`. The empty tree's root is the digest of nothing.
"""

from collections.abc import Sequence

from data.spec.digests import raw_digest


def leaf_hash(alg: str, leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return raw_digest(alg, b"\x00" + leaf)


def tree_root(alg: str, leaves: Sequence[bytes]) -> bytes:
    """Return the root of the tree over the leaves, in their order."""
    return _root(alg, [leaf_hash(alg, leaf) for leaf in leaves])


def inclusion_path(alg: str, leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the hashes that lead from one leaf to the root, the nearest first (RFC 6962 section 2.1.1)."""
    return _path(alg, [leaf_hash(alg, leaf) for leaf in leaves], index)


def leads_to(alg: str, leaf: bytes, path: Sequence[bytes], *, index: int, size: int, root: bytes) -> bool:
    """Tell whether the path shows the leaf at that place of a tree of that size (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf_hash(alg, leaf)
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = _node(alg, step, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = _node(alg, found, step)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def _node(alg: str, left: bytes, right: bytes) -> bytes:
    return raw_digest(alg, b"\x01" + left + right)


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least two."""
    return 1 << ((size - 1).bit_length() - 1)


def _root(alg: str, hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return raw_digest(alg, b"")
    if len(hashes) == 1:
        return hashes[0]
    half = _split(len(hashes))
    return _node(alg, _root(alg, hashes[:half]), _root(alg, hashes[half:]))


def _path(alg: str, hashes: Sequence[bytes], index: int) -> list[bytes]:
    if len(hashes) <= 1:
        return []
    half = _split(len(hashes))
    if index < half:
        return [*_path(alg, hashes[:half], index), _root(alg, hashes[half:])]
    return [*_path(alg, hashes[half:], index - half), _root(alg, hashes[:half])]
