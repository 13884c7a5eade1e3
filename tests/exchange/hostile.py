"""What may be sent to a service by somebody who wishes it ill, or whose program is broken?

Every text among it holds the canary, so that an answer that gives input back is seen.
"""

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

CANARY = "kanarienvogel"

TEXTS: tuple[str, ...] = (
    "",
    " ",
    CANARY,
    CANARY * 100,
    CANARY * 20_000,
    f"{CANARY}\x00",
    f"\x00{CANARY}",
    f"{CANARY}\u202e",
    f"{CANARY}\u200b",
    f"\ufeff{CANARY}",
    f"{CANARY}\n\r",
    f"{CANARY}\ud800",
    f"\udfff{CANARY}",
    f"' OR 1=1 --{CANARY}",
    f'"; DROP TABLE consent; --{CANARY}',
    f"{CANARY}%",
    f"{CANARY}_",
    f"<script>{CANARY}</script>",
    f"{{{{7*7}}}}{CANARY}",
    f"${{jndi:ldap://{CANARY}}}",
    f"=HYPERLINK({CANARY})",
    f"../../{CANARY}",
    f"file:///{CANARY}",
    f"http://127.0.0.1/{CANARY}",
    f"https://[64:ff9b::7f00:1]/{CANARY}",
    f"{CANARY}" + "\u0301" * 500,
    f"{CANARY}🀄" * 10,
    f"９１３７０３{CANARY}",
    "2025-02-30",
    "2025-13-01",
    "0000-00-00",
    "99999-01-01",
    "2025-01-01T00:00:00Z",
    "-1",
    "1e999",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    "١٢٣",
    "true",
    "null",
    "[]",
    "91370303MA3C00000",
    "A" * 18,
    "0" * 18,
)
"""Texts that stand for texts, days, numbers and codes."""

VALUES: tuple[str, ...] = (
    "null", "true", "false", "0", "-1", "1", "1.5", "-0.0", "1e-400", "1e999", "-1e999", "NaN", "Infinity", "-Infinity",
    "9007199254740993", "9223372036854775808", "-9223372036854775809", "1" + "0" * 400, "0." + "1" * 400, "[]", "{}",
    "[[]]", "[null]", '[{"a": 1}]', '{"": 1}', '{"a": {"b": {"c": 1}}}',
    "[" * 40 + "]" * 40, '{"a":' * 40 + "1" + "}" * 40,
    "[" + "1," * 3000 + "1]", '{"__proto__": {"x": 1}}', '{"$ref": "#"}', f'{{"{CANARY}": 1}}', f'["{CANARY}"]',
)  # fmt: skip
"""JSON values, as they are written: Python's writer would refuse some."""

RAW: Mapping[str, bytes] = {
    "empty": b"",
    "space": b" ",
    "null": b"null",
    "NaN": b"NaN",
    "number": b"42",
    "text": f'"{CANARY}"'.encode(),
    "array": f'["{CANARY}"]'.encode(),
    "empty object": b"{}",
    "open object": b"{",
    "open text": f'{{"a": "{CANARY}'.encode(),
    "trailing comma": f'{{"a": "{CANARY}",}}'.encode(),
    "single quotes": f"{{'a': '{CANARY}'}}".encode(),
    "comment": f'{{"a": 1}} // {CANARY}'.encode(),
    "two objects": f'{{"a": 1}}{{"b": "{CANARY}"}}'.encode(),
    "bad UTF-8": f'{{"a": "{CANARY}'.encode() + b'\xff\xfe"}',
    "overlong UTF-8": b'{"a": "\xc0\xaf"}',
    "GBK": f'{{"a": "淄博{CANARY}"}}'.encode("gbk"),
    "UTF-16": f'{{"a": "{CANARY}"}}'.encode("utf-16"),
    "UTF-32": f'{{"a": "{CANARY}"}}'.encode("utf-32"),
    "BOM": b"\xef\xbb\xbf" + f'{{"a": "{CANARY}"}}'.encode(),
    "NUL byte": f'{{"a": "{CANARY}\x00"}}'.encode(),
    "binary": bytes(range(256)),
    "gzip": b"\x1f\x8b\x08\x00" + CANARY.encode(),
    "zip": b"PK\x03\x04" + CANARY.encode(),
    "XML": f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "{CANARY}">]><a>&x;</a>'.encode(),
    "YAML": f"a: !!python/object/apply:os.system ['{CANARY}']".encode(),
    "form": f"a={CANARY}".encode(),
    "multipart": f'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n{CANARY}\r\n--x--'.encode(),
    "pickle": b"\x80\x04\x95" + CANARY.encode(),
    "deep array": b"[" * 100_000 + b"]" * 100_000,
    "deep object": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "long number": b'{"a": ' + b"9" * 5_000 + b"}",
    "long text": b'{"a": "' + CANARY.encode() * 10_000 + b'"}',
    "over a megabyte": b'{"a": "' + CANARY.encode() * 90_000 + b'"}',
    "many keys": b"{" + b",".join(b'"%s%d": 1' % (CANARY.encode(), i) for i in range(5_000)) + b"}",
    "same key twice": b'{"enterprise": 1, "enterprise": 2}',
    "lone surrogate key": b'{"\\ud800": 1}',
}


def corpus(valid: object) -> Iterator[tuple[str, bytes]]:
    """Yield over two hundred hostile bodies: the raw ones, and a valid one with each hostile value in its places."""
    yield from RAW.items()
    places = list(_places(valid))
    for number, value in enumerate([*VALUES, *(json.dumps(text) for text in TEXTS)]):
        for turn in (0, 1):
            if not places:
                break
            place = places[(number + turn * 7) % len(places)]
            yield f"{'/'.join(map(str, place))} = {number}", written(valid, place, value)
    for number, place in enumerate(places):
        yield f"without {number}", json.dumps(_without(valid, place)).encode()
        yield f"extra beside {number}", written(valid, place, f'{{"{CANARY}": 1}}')
    if isinstance(valid, dict):
        for text in TEXTS:
            yield "extra key", json.dumps({**valid, text: 1}).encode()


def mutated(valid: object, draw: Random) -> bytes:
    """Return a valid body with one to four places changed, or with bytes of it changed."""
    body = json.dumps(valid).encode()
    if draw.random() < 0.3:
        return _bytes_changed(body, draw)
    places = list(_places(valid))
    for _ in range(draw.randint(1, 4)):
        if places:
            value = draw.choice(VALUES) if draw.random() < 0.5 else json.dumps(draw.choice(TEXTS))
            body = written(valid, draw.choice(places), value)
    return body


def written(valid: object, place: tuple[str | int, ...], value: str) -> bytes:
    """Return the JSON of a body with one place written as the value says."""
    mark = "\u0001place\u0001"
    text = json.dumps(_put(valid, place, mark), ensure_ascii=True)
    return text.replace(json.dumps(mark), value).encode("utf-8", "surrogatepass")


def _bytes_changed(body: bytes, draw: Random) -> bytes:
    changed = bytearray(body)
    for _ in range(draw.randint(1, 6)):
        if not changed:
            break
        at = draw.randrange(len(changed))
        if draw.random() < 0.4:
            del changed[at]
        elif draw.random() < 0.6:
            changed.insert(at, draw.randrange(256))
        else:
            changed[at] = draw.randrange(256)
    return bytes(changed)


def _places(value: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*above, name)
        yield from _places(inner, (*above, name))


def _put(value: Any, place: tuple[str | int, ...], new: object) -> Any:
    if not place:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = _put(copy[place[0]], place[1:], new)
    return copy


def _without(value: Any, place: tuple[str | int, ...]) -> Any:
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(place) == 1:
        del copy[place[0]]
    else:
        copy[place[0]] = _without(copy[place[0]], place[1:])
    return copy
