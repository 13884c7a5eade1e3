"""`lukeping policy` tries products and runs cases, for people and programs, with a sentence for bad input."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from api.commands.policy import COMMANDS
from api.policy_desk import ProductCases
from api.terminal.usage import WORDS
from api.wiring import policies
from risk.policies.cases import CaseResult, MissingCase

Run = Callable[..., tuple[int, str, str]]
DAY = "2025-06-10"
LOAN = """
amount: 400万
rate: 3.6%
term_months: 12
loan_use: 成果转化
bank_is_partner: 是
covered_balance_before: 0
tech_sme_entry_year: 2025
interest_subsidies_received: 0
pd: 2%
pd_horizon_months: 18
collateral: 无
guarantee: 无
rnd_expense: 300万
"""


@pytest.fixture
def loan(tmp_path: Path) -> str:
    """Write a loan's facts to a file."""
    path = tmp_path / "loan.yaml"
    path.write_text(LOAN, encoding="utf-8")
    return str(path)


def test_a_trial_shows_lines_money_limit_and_what_is_unverified(run: Run, loan: str) -> None:
    code, out, _err = run("policy", "try", "lukedai", "--facts", loan, "--on", DAY)

    assert code == 0
    for part in (
        "申请：符合条件",
        "单户纳入补偿的余额不超上限",
        "不超过10,000,000.00元",
        "鲁科字〔2021〕33号",
        "57,600.00",
        "省财政 35.00%",
        "建议额度 3,000,000.00 元〔未核实〕，由“研发费用倍数”决定。另有未知的限额，可能更低。",
        "申请 4,000,000.00 元，超出建议额度 1,000,000.00 元。",
        "支持不改变违约概率",
        "备案尚缺",
        "资产相关系数",
    ):
        assert part in out, part


def test_the_firm_sees_its_cost_with_and_without_support(run: Run, loan: str) -> None:
    _code, out, _err = run("policy", "try", "lukedai", "--facts", loan, "--on", DAY)

    total = next(line for line in out.splitlines() if "折合年成本" in line)
    assert total.split() == ["折合年成本", "3.60%", "2.16%"]


def test_every_unverified_number_of_a_trial_is_marked(run: Run, loan: str) -> None:
    _code, out, _err = run("policy", "try", "lukedai", "--facts", loan, "--on", DAY)

    for line in out.splitlines():
        if line.lstrip().startswith(("政策上限", "研发费用倍数", "有支持")):
            assert "〔未核实〕" in line


def test_a_trial_for_programs_is_one_object_with_exact_money(run: Run, loan: str) -> None:
    code, out, _err = run("policy", "try", "lukedai", "--facts", loan, "--on", DAY, "--json")

    trial = json.loads(out)["trial"]
    assert code == 0
    assert (trial["verdict"]["answer"], trial["on"]) == ("passed", DAY)
    assert trial["benefits"][0]["amount"] == "57600.00"
    assert {one["status"] for one in trial["unverified"]} >= {"unverified"}
    assert trial["limit"]["binding"] == "rnd_multiple"


def test_what_is_set_goes_before_the_file(run: Run, loan: str) -> None:
    _code, out, _err = run("policy", "try", "lukedai", "--facts", loan, "--set", "amount=1200万", "--on", DAY, "--json")

    trial = json.loads(out)["trial"]
    failed = [one["condition"] for one in trial["verdict"]["findings"] if one["outcome"] == "failed"]
    assert failed == ["within_covered_cap"]


def test_a_reform_is_tried_and_said(run: Run, loan: str) -> None:
    options = ("--facts", loan, "--set", "amount=1200万", "--on", DAY, "--reform", "covered_cap=2000万")

    code, out, _err = run("policy", "try", "lukedai", *options)

    assert code == 0
    assert "申请：符合条件" in out
    assert "试算：参数“单户年度纳入补偿的贷款余额上限”按拟议取值。" in out


def test_before_the_first_day_the_answer_is_not_in_force(run: Run, loan: str) -> None:
    code, out, _err = run("policy", "try", "lukedai", "--facts", loan, "--on", "2016-12-30")

    assert code == 0
    assert "鲁科贷在2016-12-30没有施行。" in out


def test_a_stage_is_known_by_its_chinese_name(run: Run) -> None:
    code, out, _err = run("policy", "try", "lukedai", "--stage", "补偿", "--set", "is_filed=否", "--on", DAY)

    assert code == 0
    assert "未备案的贷款不予补偿" in out.replace("\n", "")


def test_without_facts_every_missing_one_is_named(run: Run) -> None:
    code, out, _err = run("policy", "try", "rnd_loan", "--on", DAY)

    assert code == 0
    assert "示意产品" in out
    assert "rnd_expense" in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("lukedia",), "product-unknown"),
        (("lukedai", "--set", "ammount=1"), "fact-unknown"),
        (("lukedai", "--set", "amount=NaN"), "fact-malformed"),
        (("lukedai", "--set", "amount=-1"), "fact-malformed"),
        (("lukedai", "--set", "amount=1e30"), "fact-malformed"),
        (("lukedai", "--set", "filed_on=2025-02-30"), "fact-malformed"),
        (("lukedai", "--set", "amount"), "usage"),
        (("lukedai", "--set", "=1"), "usage"),
        (("lukedai", "--on", "soon"), "usage"),
        (("lukedai", "--facts", "absent.yaml"), "usage"),
        (("lukedai", "--facts", "{here}"), "usage"),
        (("lukedai", "--facts", "{bytes}"), "yaml-malformed"),
        (("lukedai", "--facts", "{list}"), "yaml-malformed"),
        (("lukedai", "--facts", "{twice}"), "yaml-malformed"),
        (("lukedai", "--facts", "{nested}"), "fact-malformed"),
        (("lukedai", "--reform", "covered_cup=1"), "parameter-unknown"),
        (("lukedai", "--reform", "covered_cap=much"), "parameter-malformed"),
        (("lukedai", "--reform", "share_bank=NaN"), "parameter-malformed"),
        (("rnd_loan", "--stage", "补偿"), "stage-unknown"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_its_code(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    contents = {"bytes": b"\xff\xfe\x00", "list": b"- 1\n", "twice": b"a: 1\na: 2\n", "nested": b"amount: [1, 2]\n"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    places = {"here": str(tmp_path), **{name: str(tmp_path / name) for name in contents}}

    ended, out, err = run("policy", "try", *(part.format(**places) for part in arguments), "--json")

    assert (ended, json.loads(out)["code"]) == (2, code)
    assert "建议" in err or code == "yaml-malformed"
    assert "Traceback" not in err


def test_a_near_name_is_offered(run: Run) -> None:
    _code, _out, err = run("policy", "try", "lukedai", "--set", "ammount=1")

    assert "amount（贷款金额）" in err


def test_all_cases_pass_and_are_counted(run: Run) -> None:
    code, out, _err = run("policy", "cases")
    ended, counted, _err = run("policy", "cases", "--json")

    counts = json.loads(counted)
    assert (code, ended) == (0, 0)
    assert (counts["failed"], counts["missing"]) == (0, 0)
    assert counts["passed"] == sum(one["passed"] for one in counts["products"]) > 100
    assert next(line for line in out.splitlines() if "合计" in line).split()[1:] == [
        str(counts["passed"]),
        str(counts["passed"]),
        "0",
        "0",
    ]


def test_a_failing_case_or_a_missing_one_ends_with_1_and_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = CaseResult(product="lukedai", case="一例", differences=("答复应为 passed，得到 failed",))
    gap = MissingCase(product="lukedai", parameter="share_bank", label="银行分担", day=date(2027, 1, 1))
    ran = (ProductCases(product="lukedai", label="鲁科贷", results=(failing,), missing=(gap,)),)
    monkeypatch.setattr(policies.Policies, "run_cases", lambda self: ran)

    code, out, _err = run("policy", "cases")
    ended, counted, _err = run("policy", "cases", "--json")

    assert (code, ended) == (1, 1)
    assert "一例：答复应为 passed，得到 failed" in out
    assert "“银行分担”在 2027-01-01 没有用例" in out
    assert json.loads(counted)["failed"] == json.loads(counted)["missing"] == 1


@pytest.mark.parametrize("arguments", [(), *((name,) for name, _ in COMMANDS)])
def test_help_is_chinese_and_names_exit_codes(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, _err = run("policy", *arguments, "--help")

    assert code == 0
    assert "退出码" in out
    assert "--json" in out
    assert not [word for word in WORDS if word.strip() in out]


@pytest.mark.parametrize("arguments", [(), ("nothing",), ("try",)])
def test_a_misused_group_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run("policy", *arguments)

    assert (code, out) == (2, "")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in err)
