"""With which letters do the syllables of a name begin (拼音首字母)?"""

from bisect import bisect_right

_STARTS: tuple[tuple[int, str], ...] = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
"""GB 2312's first level orders its 3,755 characters by sound: where each letter begins."""

_END = 0xD7F9
ANY = "?"
"""Stands for a character whose sound is not told: any letter will do for it."""


def initials(name: str) -> str:
    """Return one letter for each character: itself for a Latin letter or digit, ANY where the sound is not known.

    A character with several sounds has the one that GB 2312 files it under.

    >>> initials("淄博恒拓陶瓷"), initials("A1 科技")
    ('zbhttc', 'a1kj')
    """
    return "".join(_initial(letter) for letter in name.lower() if letter.isalnum())


def _initial(letter: str) -> str:
    if letter.isascii():
        return letter
    encoded = letter.encode("gb2312", errors="ignore")
    code = int.from_bytes(encoded) if len(encoded) == 2 else 0
    if not _STARTS[0][0] <= code <= _END:
        return ANY
    return _STARTS[bisect_right(_STARTS, (code, "~")) - 1][1]


def has_initials(name: str, letters: str) -> bool:
    """Tell whether the letters begin consecutive syllables of the name.

    >>> has_initials("淄博恒拓陶瓷", "httc"), has_initials("淄博恒拓陶瓷", "zt")
    (True, False)
    """
    said, wanted = initials(name), letters.lower()
    places = range(len(said) - len(wanted) + 1)
    return any(all(have in (ANY, want) for have, want in zip(said[at:], wanted, strict=False)) for at in places)
