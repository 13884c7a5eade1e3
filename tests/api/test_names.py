"""Are doubtful names listed for a person to decide, and is the decision told or refused in plain words?"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.wiring.names import NameQueue
from data.intake import load_file
from data.spec.identifiers import parse_identifier
from data.store import Store

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
REGISTER = "企业名称,统一社会信用代码,成立日期,核准日期\n淄博恒拓陶瓷有限公司,{known},2015-03-01,2017-01-05\n"
LIST = (
    "公告日期：2020-12-20,,\n企业名称,证书编号,发证日期\n"
    "淄博恒拓陶瓷有限公司,GR1,2020-12-07\n淄博恒托陶瓷有限公司,GR2,2020-12-07\n"
)
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


def test_on_a_store_a_name_waits_is_decided_and_waits_no_more(tmp_path: Path, known: str) -> None:
    store = Store.create(f"sqlite:///{tmp_path}/store.db", at=AT)
    for name, text in (("企业名录.csv", REGISTER.format(known=known)), ("高新技术企业认定名单.csv", LIST)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        load_file(store, tmp_path / name, at=AT, actor="test")
    queue = NameQueue(store)

    (waits,) = queue.list_names(decided=False, at=AT)
    done = queue.decide(waits.entry, enterprise=parse_identifier(known), revise=False, at=AT)
    (settled,) = queue.list_names(decided=True, at=AT)

    assert (waits.first_file, waits.first_row, waits.rows_waiting) == ("高新技术企业认定名单.csv", 4, 1)
    assert [(one.enterprise, one.why_label) for one in waits.candidates] == [(known, "相差一个字")]
    assert [one.kept for one in done.taken] == [1]
    assert (done.remembered, done.rows_waiting) == (True, 0)
    assert queue.list_names(decided=False, at=AT) == []
    assert settled.decision is not None
    assert (settled.decision.enterprise, settled.rows_waiting) == (known, 0)
    store.close()
