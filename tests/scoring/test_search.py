"""A bank finds the enterprises that have consented to it, and learns nothing of any other."""

import pytest

from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import with_uscc_check_digit
from data.spec.pinyin import ANY, has_initials, initials
from tests.consents import revoke
from tests.scoring.conftest import FIRMS, NAMES, NOW, Town

PATH = "/v1/enterprises/search"


def values(answer: object) -> list[str]:
    return [item["value"] for item in answer.json()["items"]]  # type: ignore[attr-defined] # an answer of httpx


@pytest.mark.parametrize(
    ("fragment", "found"),
    [
        ("恒拓", [0, 3]),
        ("恒拓陶瓷", [0]),
        ("淄博市 恒拓", [0]),
        ("httc", [0]),
        ("HTTC", [0]),
        ("ht", [0, 3]),
        ("zb", [1, 0, 2]),
        ("yxgs", [1, 0, 2, 3]),
        ("没有", []),
        ("（）", []),
    ],
)
def test_a_fragment_or_initials_find_those_who_consented(town: Town, fragment: str, found: list[int]) -> None:
    for place in range(4):
        town.consent(place)

    answer = town.ask("POST", PATH, {"name": fragment})

    assert sorted(values(answer)) == sorted(FIRMS[place] for place in found)


def test_the_shortest_name_comes_first_with_what_was_consented(town: Town) -> None:
    for place in range(4):
        town.consent(place, purposes=frozenset({Purpose.PRE_LOAN}))

    items = town.ask("POST", PATH, {"name": "淄博"}).json()["items"]

    assert [item["name"] for item in items] == sorted(
        (NAMES[0], NAMES[1], NAMES[2]), key=lambda name: (len(name), name)
    )
    assert [(consent["id"], consent["purposes"]) for consent in items[0]["consents"]] == [
        (f"c-bank-a-{NAMES.index(items[0]['name'])}", ["pre_loan"])
    ]


def test_no_consent_and_no_such_enterprise_are_told_alike(town: Town) -> None:
    town.consent(1)
    unknown = with_uscc_check_digit("91370303MA3C99999")

    answers = [
        town.ask("POST", PATH, {"enterprise": {"value": FIRMS[0]}}),
        town.ask("POST", PATH, {"enterprise": {"value": unknown}}),
        town.ask("POST", PATH, {"name": "恒拓"}),
        town.ask("POST", PATH, {"enterprise": {"value": FIRMS[1]}}, by="bank-b"),
    ]

    assert [answer.json() for answer in answers] == [{"items": []}] * 4
    assert values(town.ask("POST", PATH, {"enterprise": {"value": FIRMS[1]}})) == [FIRMS[1]]


def test_a_revoked_consent_hides_the_enterprise_at_once(town: Town) -> None:
    given = town.consent(0)
    assert values(town.ask("POST", PATH, {"name": "恒拓"})) == [FIRMS[0]]
    with town.store.work(at=NOW) as work:
        revoke(work, given)
        work.commit()

    assert values(town.ask("POST", PATH, {"name": "恒拓"})) == []


def test_the_bureau_finds_all_under_its_duty(town: Town) -> None:
    answer = town.ask("POST", PATH, {"name": "恒拓"}, by=BUREAU)

    assert sorted(values(answer)) == sorted((FIRMS[0], FIRMS[3]))
    assert [item["consents"] for item in answer.json()["items"]] == [[], []]


def test_a_former_name_leads_to_the_present_one(town: Town) -> None:
    from datetime import date

    town.consent(0)
    town.load(
        "enterprise_registration",
        f"统一社会信用代码,企业名称,成立日期,更新日期\n{FIRMS[0]},淄博新名字(演示)有限公司,2015-03-02,2025-01-05\n",
        date(2025, 1, 5),
    )

    (item,) = town.ask("POST", PATH, {"name": "恒拓陶瓷"}).json()["items"]

    assert (item["name"], item["matched"]) == ("淄博新名字(演示)有限公司", NAMES[0])


def test_at_most_twenty_are_found(town: Town) -> None:
    from datetime import date

    codes = [with_uscc_check_digit(f"91370303MA3D000{place:02d}") for place in range(25)]
    rows = "\n".join(f"{code},同名之{place}（演示）公司,2015-03-02,2024-02-05" for place, code in enumerate(codes))
    town.load("enterprise_registration", f"统一社会信用代码,企业名称,成立日期,更新日期\n{rows}\n", date(2024, 2, 5))

    assert len(values(town.ask("POST", PATH, {"name": "同名"}, by=BUREAU))) == 20


def test_every_search_is_recorded_without_what_was_searched(town: Town) -> None:
    town.ask("POST", PATH, {"name": "恒拓"})
    town.ask("POST", PATH, {"enterprise": {"value": FIRMS[0]}})

    assert town.actions() == ["enterprises.searched"] * 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "恒拓", "enterprise": {"value": FIRMS[0]}},
        {"name": ""},
        {"name": "恒\u202e拓"},
        {"name": "x" * 65},
        {"name": 7},
        {"enterprise": {"value": "91370303MA3C000001"}},
        {"fragment": "恒拓"},
        "恒拓",
    ],
)
def test_a_hostile_body_is_refused_and_not_given_back(town: Town, body: object) -> None:
    answer = town.ask("POST", PATH, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
    assert "恒" not in answer.text
    assert "fragment" not in answer.text


def test_initials_are_those_that_a_dictionary_gives() -> None:
    said = {
        "山东省": "sds", "重庆": "zq", "高新区": "gxq", "张店": "zd", "博山": "bs", "临淄": "lz", "周村": "zc",
        "桓台": "ht", "沂源": "yy", "鹅卵": "el", "欧阳": "oy", "日照": "rz", "啊": "a",
    }  # fmt: skip

    assert {name: initials(name) for name in said} == said
    assert initials("鑫源") == f"{ANY}y"


def test_a_character_of_unknown_sound_hides_no_name() -> None:
    assert has_initials("鑫源玻璃", "xybl")
    assert not has_initials("鑫源玻璃", "xyxx")
