"""What does a bank's team read of the sandbox? `python -m api.sandbox_page > docs/sandbox.md` writes the page."""

import sys
from collections.abc import Iterator

from data.sandbox import Answer, EarlierAssessment, Sandbox, read_sandbox

HEAD = """# 接入沙箱

本页由 `python -m api.sandbox_page > docs/sandbox.md` 生成，请勿手改；内容出自 `data/sandbox/enterprises.yaml`，
测试逐家核对（`tests/exchange/test_sandbox.py`）。

    lukeping init --sandbox     # 不需训练，片刻即成；令牌只显示一次，另存于状态目录的 tokens.json
    lukeping serve
    lukeping sandbox            # 在终端列出本页的表

沙箱里只有十二家固定的虚构企业，名称都带“沙箱”，代码的行政区划 370399 并不存在。今天是 2026-01-01，不会过去；
模型随程序附带，名单、授权与经过的时刻都固定：所以同一问在任何一天、任何一台机器上得到同样的答复。
`GET /health/ready` 的 `mode` 为 `sandbox`。要恢复原状，换一个状态目录（`LUKEPING_STATE`）重新建立。

机构有 `demo-bank-1`（银行）与 `demo-guarantor-1`（担保机构），十二家对两者的授权一样、答复一样。
"""

ASKED = """
## 十二家企业

`POST /v1/assessments`。“授信”一栏：银行以 `pre_loan`、担保机构以 `guarantee` 为用途；“贷后”一栏：用途为 `monitoring`，
沙箱没有行为卡，有材料的由专家卡作答，只有分档，没有违约概率。评估编号与时刻每次不同，其余如下。

| 号 | 统一社会信用代码 | 企业 | 情形 | 授信 | 贷后 |
|---|---|---|---|---|---|
"""

UNKNOWN = """
不在任何名单中的代码 `{uscc}`：{answer}。
"""

HELD = """
## 建好时已有的评估

这些评估在建库时已经作出，编号固定，只有本机构读得到：读别的机构的评估是 404 `assessment-unknown`，
与不存在的编号一字不差。本机构再评估同一家企业后，仍有效的前一份变为 `superseded`；已失效的仍为 `withdrawn`。

| 机构 | 企业 | 评估编号 | 情形 | `/validity` | 异议编号 |
|---|---|---|---|---|---|
"""


def sandbox_page(table: Sandbox) -> str:
    """Return docs/sandbox.md."""
    unknown = table.unknown
    return "".join(
        (
            HEAD,
            ASKED,
            *(f"| {' | '.join(cells)} |\n" for cells in asked_rows(table, mark="`")),
            UNKNOWN.format(uscc=unknown.uscc, answer=f"{unknown.answer.http} `{unknown.answer.code}`"),
            HELD,
            *(f"| {' | '.join(held_cells(one, mark='`'))} |\n" for one in table.earlier),
        )
    )


def asked_rows(table: Sandbox, *, mark: str = "", then: str = "：") -> Iterator[tuple[str, ...]]:
    """Yield one row an enterprise; `mark` stands around codes, `then` between an answer's codes and its meaning."""
    for firm in table.enterprises:
        uscc = f"{mark}{firm.uscc}{mark}"
        answers = (answer_words(one, mark=mark, then=then) for one in (firm.decision, firm.monitoring))
        yield (str(firm.number), uscc, firm.name, firm.told, *answers)


def held_cells(one: EarlierAssessment, *, mark: str = "") -> tuple[str, ...]:
    """Return one row of an assessment held already."""
    stands = [one.validity.status, *([one.validity.code] if one.validity.code else [])]
    words = " ".join(f"{mark}{word}{mark}" for word in stands)
    objection = f"{mark}{one.objection}{mark}" if one.objection else ""
    return (f"{mark}{one.asker}{mark}", f"{one.enterprise} 号", f"{mark}{one.id}{mark}", one.told, words, objection)


def answer_words(answer: Answer, *, mark: str = "", then: str = "：") -> str:
    """Tell an answer: http status, words of the body, and what they mean."""
    words = [f"{mark}{word}{mark}" for word in (answer.status, answer.code) if word]
    figures = [
        *([f"{answer.score}分"] if answer.score else []),
        *([f"{answer.grade}级"] if answer.grade else []),
        *([f"{mark}{answer.support}{mark}"] if answer.support else []),
    ]
    return f"{answer.http} {' '.join(words)}{then}{answer.told}" + (f"（{'，'.join(figures)}）" if figures else "")


if __name__ == "__main__":
    sys.stdout.write(sandbox_page(read_sandbox()))
