"""Are doubtful names listed for a person to decide, and is the decision told or refused in plain words?"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from data.spec.identifiers import parse_identifier

Run = Callable[..., tuple[int, str, str]]


def test_names_that_wait_are_listed_with_candidates_and_why(run: Run, known: str) -> None:
    code, out, _err = run("names")

    assert code == 0
    for part in (
        "7",
        "淄博恒托陶瓷科技",
        "第 12 行",
        known,
        "94 相差一个字",
        "共 1 个名称，3 行在等待",
        "names decide",
    ):
        assert part in out


def test_decisions_are_listed_with_who_and_when(run: Run, known: str) -> None:
    code, out, _err = run("names", "--decided")

    assert code == 0
    for part in (known, "cli:one", "2026-01-01 09:30", "共 1 个认定"):
        assert part in out


def test_the_queue_as_json_is_one_object(run: Run) -> None:
    _code, out, _err = run("names", "--json")

    (name,) = json.loads(out)["names"]
    assert (name["entry"], name["state"], name["rows_waiting"]) == (7, "waiting", 3)
    assert name["candidates"][0]["why"] == "one-character"


def test_a_decision_says_what_came_of_it(run: Run, known: str, commands: Any) -> None:
    code, out, _err = run("names", "decide", "7", "--enterprise", known, "--revise")

    assert code == 0
    assert commands.calls[-1] == ("decide", {"enterprise": parse_identifier(known), "revise": True})
    for part in ("已认定为：淄博恒拓", "撤回原认定带入的 2 行", "入库 7 行", "amends-nothing", "已记住"):
        assert part in out


def test_nobody_is_a_decision_too(run: Run, commands: Any) -> None:
    code, out, _err = run("names", "decide", "7", "--nobody", "--json")

    assert code == 0
    assert commands.calls[-1] == ("decide", {"enterprise": None, "revise": False})
    assert json.loads(out)["decision"]["rows_waiting"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("decide",), "decide 与编号"),
        (("resolve", "7", "--nobody"), "decide 与编号"),
        (("decide", "7"), "--nobody"),
        (("decide", "7", "--nobody", "--enterprise", "{known}"), "--nobody"),
        (("decide", "7", "--enterprise", "9137"), "identifier-malformed"),
        (("decide", "99", "--nobody"), "doubt-unknown"),
        (("decide", "seven", "--nobody"), "编号"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_2(run: Run, known: str, arguments: tuple[str, ...], said: str) -> None:
    code, out, err = run("names", *(part.format(known=known) for part in arguments))

    assert (code, out) == (2, "")
    assert said in err
