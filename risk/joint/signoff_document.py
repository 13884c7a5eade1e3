"""What stands on the sheet that three parties sign: what each said, the model's grade, the gaps, and the conclusion?

Pure: an application whose sheets are open goes in, a document without markup comes out. It tells the evaluation alone,
so that the paper stays the same whatever becomes of the loan later.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from risk.document import Document, Section, Signature, Table
from risk.joint.application import Application, vocabulary
from risk.joint.opening import Opening, opening_of
from risk.joint.sheets import marks_of
from risk.joint.signoff_support import support_sections
from risk.joint.states import Move
from risk.joint.support import support_from
from risk.joint.terms import Terms
from risk.joint.words import (
    CONCLUSION_LABELS,
    DIMENSION_LABELS,
    GUARANTEE_LABELS,
    ROLE_LABELS,
    SHEET_LABELS,
    Conclusion,
    Dimension,
    Role,
    Sheet,
)
from risk.policies.facts import say
from risk.policies.parameters import UNVERIFIED_MARK, Used
from risk.policies.verdict import ANSWER_LABELS, OUTCOME_LABELS, Verdict, verdict_of

ADVICE = "仅供授信参考。是否贷款由银行独立决定。"
DEMONSTRATION = "演示数据：企业、机构与数字均为虚构。"
DIRECTIONS = {"up": "高于建议", "down": "低于建议"}
TERM_NAMES = (
    "gap_most",
    "notches_most",
    "marks_recommended",
    "marks_conditional",
    "worst_grade_recommended",
    "worst_grade_conditional",
    "disagreement_most",
    "override_days",
)
"""The agreed numbers that an evaluation rests on, beside its weights."""


def signoff_document(application: Application, names: Mapping[str, str], *, demonstration: bool) -> Document:
    """Return the sign-off sheet of an application whose sheets are open; `names` are institutions' by code."""
    made = application.last(Move.OPEN)
    assert made is not None
    opening = opening_of(made.details["opening"])
    kept = made.details.get("support")
    support = support_from(kept) if kept else None
    unverified = (*_terms_used(application.terms(), opening), *(support.unverified if support else ()))
    return Document(
        title="科技贷款联合评价会签单" + ("" if application.last(Move.CONCLUDE) else "（尚未作出结论）"),
        english="Joint evaluation sign-off sheet",
        facts=tuple(_facts(application, opening, names)),
        warning=(DEMONSTRATION if demonstration else "") + ADVICE,
        sections=(
            _conclusion(application, opening),
            _sheets(application, opening),
            _model(opening),
            _gaps(application, opening),
            *_conditions(application),
            *support_sections(support),
            _unverified(unverified),
        ),
        signatures=tuple(_signing(application, names)),
    )


def _facts(application: Application, opening: Opening, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    asked, stored, known = application.asked, application.stored, vocabulary(application.product)
    yield "结论", _came_to(application)
    yield "申请编号", application.number
    yield "企业", application.enterprise.name
    yield "统一社会信用代码", str(application.enterprise.identifier)
    yield "产品", application.product.label
    yield "银行", names.get(stored.bank, stored.bank)
    guarantor = f"：{names.get(stored.guarantor, stored.guarantor)}" if stored.guarantor else ""
    yield "担保", GUARANTEE_LABELS[asked.guarantee] + guarantor
    loan = (
        f"{known[name].label} {say(one, known[name].unit, known[name].choices)}" for name, one in asked.loan.items()
    )
    yield "申请的贷款", "；".join(loan)
    yield "用途说明", asked.purpose
    yield "评价日", str(application.terms().day)
    yield "评估编号", opening.model.assessment_id or "没有评估"


def _came_to(application: Application) -> str:
    made = application.last(Move.CONCLUDE)
    if made is None:
        return "尚未作出"
    aside = "（推翻计算的建议）" if "override" in made.details else ""
    return CONCLUSION_LABELS[Conclusion(made.details["conclusion"])] + aside


def _conclusion(application: Application, opening: Opening) -> Section:
    return Section(title="结论", english="Conclusion", sentences=tuple(_concluded(application, opening)))


def _concluded(application: Application, opening: Opening) -> Iterator[str]:
    made = application.last(Move.CONCLUDE)
    if made is None:
        yield "尚未作出结论；本单只载明已开启的评价。"
    else:
        told = made.details
        yield f"{CONCLUSION_LABELS[Conclusion(told['conclusion'])]}（{made.on}，{_who(made.role, made.actor)}作出）。"
        if told.get("words"):
            yield f"说明：{told['words']}"
        if "override" in told:
            first = f"；由{_person(told['first_person'])}先行提出" if "first_person" in told else ""
            yield f"推翻计算的建议（{DIRECTIONS[told['override']]}），理由：{told['label']}（{told['code']}）{first}。"
            yield f"推翻所作的结论{told['expires_on']}失效。"
    yield f"计算的建议：{CONCLUSION_LABELS[opening.suggestion]}。"
    yield from opening.reasons


def _who(role: str, actor: str) -> str:
    return f"{ROLE_LABELS[Role(role)]}{_person(actor)}"


def _person(actor: str) -> str:
    """Return the person of an actor, who may stand behind a door.

    >>> _person("cli:root:张工"), _person("王工")
    ('张工', '王工')
    """
    return actor.rpartition(":")[2]


def _sheets(application: Application, opening: Opening) -> Section:
    marks = {Sheet(one.party): marks_of(one.body) for one in application.stored.sheets}
    sheets = [one for one in Sheet if one in marks]
    gaps = {(one.sheet, one.dimension): one for one in opening.gaps if one.to_explain}
    rows = []
    for reference in opening.references:
        one = reference.dimension
        given = [f"{marks[sheet][one]}{' △' if (sheet, one) in gaps else ''}" for sheet in sheets]
        compared = "—" if reference.value is None else str(reference.value)
        weight = f"{DIMENSION_LABELS[one]}（{_percent(opening.dimension_weights[one])}）"
        rows.append((weight, *given, str(opening.composites[one]), compared, f"{reference.what}{reference.note}"))
    parties = [f"{SHEET_LABELS[sheet]}（{_percent(opening.sheet_weights[sheet])}）" for sheet in sheets]
    table = Table(
        title=f"六个方面，各 0 至 100 分（括号内为权重{UNVERIFIED_MARK}，△ 为须说明的差距）",
        head=("方面", *parties, "合成", "参照", "与什么比较"),
        rows=(*rows, ("综合分", *("" for _ in sheets), str(opening.composite), "", "各方面合成分按权重平均")),
        numeric=frozenset(range(1, len(sheets) + 3)),
    )
    return Section(
        title="各方评价",
        english="The sheets side by side",
        sentences=tuple(_said(application, opening)),
        tables=(table,),
    )


def _percent(share: Decimal) -> str:
    return f"{share * 100:.0f}%"


def _said(application: Application, opening: Opening) -> Iterator[str]:
    for one in sorted(application.stored.sheets, key=lambda one: list(Sheet).index(Sheet(one.party))):
        words, seen = one.body["words"] or "没有文字意见。", "，给分之前看过模型结果" if one.saw_model else ""
        yield f"{SHEET_LABELS[Sheet(one.party)]}（{_person(one.actor)}{seen}）：{words}"
        if expert := one.body["expert"]:
            yield f"行业专家{expert['name']}（{expert['field']}，{expert['signed_on']}）：{expert['opinion']}"
    yield f"分歧指数 {opening.disagreement}（各方面最高与最低之差按权重平均，0 为一致）。"
    yield "各方背靠背给分，最后一份交齐时同时开启；分数与违约概率从不平均。"


def _model(opening: Opening) -> Section:
    model = opening.model
    placed = (
        f"等级 {model.grade}（主标尺第 {model.place} 级，共 {model.places} 级，第 1 级最好），信用分 {model.score}。"
    )
    moved = f"移动 {opening.moved:+} 级" if opening.moved else "不移动"
    rows = tuple(
        (
            SHEET_LABELS[one.sheet],
            f"{one.wanted:+}" if one.wanted else "0",
            f"{one.allowed:+}" if one.allowed else "0",
            "；".join(f"{cited.row}{'（重复计分）' if cited.counted_by_model else ''}" for cited in one.citations)
            or "—",
        )
        for one in sorted(opening.notches, key=lambda one: list(Sheet).index(one.sheet))
    )
    table = Table(
        title="评价表对模型等级的移动（正数为更好，上调须引用模型没有计入的证据）",
        head=("方", "要求（级）", "准许（级）", "引用的证据（表/批次/行号）"),
        rows=rows,
        numeric=frozenset({1, 2}),
    )
    return Section(
        title="模型等级",
        english="Model grade and points",
        sentences=(
            placed if model.place else model.message or "模型没有给出主标尺上的等级。",
            f"各方合计{moved}，结果：{opening.grade_after or '无'}。",
        ),
        tables=(table,),
    )


def _gaps(application: Application, opening: Opening) -> Section:
    told = {
        (made.details["sheet"], made.details["dimension"]): made.details
        for made in application.stored.moves
        if made.move == Move.EXPLAIN
    }
    rows = []
    for gap in opening.gaps:
        if gap.to_explain:
            reason = told.get((gap.sheet, gap.dimension), {"label": "尚未说明", "code": "—", "words": ""})
            head = (SHEET_LABELS[gap.sheet], DIMENSION_LABELS[Dimension(gap.dimension)], str(gap.mark))
            why = (f"{reason['label']}（{reason['code']}）", reason["words"])
            rows.append((*head, str(gap.reference), f"{gap.gap:+}", *why))
    table = Table(
        title="须说明的差距",
        head=("方", "方面", "分", "参照", "差", "理由（代码）", "说明"),
        rows=tuple(rows),
        numeric=frozenset({2, 3, 4}),
    )
    most = f"{application.terms().used('gap_most').value}分{application.terms().used('gap_most').mark}"
    said = f"与参照之差超过{most}的，由该方说明。" if rows else f"与参照之差均不超过{most}。"
    return Section(title="差距与说明", english="Gaps", sentences=(said,), tables=(table,) if rows else ())


def _conditions(application: Application) -> tuple[Section, ...]:
    submitted = application.last(Move.SUBMIT)
    if submitted is None:
        return ()
    verdict = verdict_of(submitted.details["verdict"])
    said = f"{verdict.label}，按{verdict.on}的规定：{ANSWER_LABELS[verdict.answer]}。"
    table = _findings(verdict)
    return (Section(title="政策条件", english="Policy conditions", sentences=(said, *verdict.notes), tables=(table,)),)


def _findings(verdict: Verdict) -> Table:
    rows = tuple(
        (
            one.label,
            OUTCOME_LABELS[one.outcome],
            f"{one.measured} {one.note}".strip(),
            f"{one.required}{one.mark}",
            one.reference,
        )
        for one in verdict.findings
    )
    return Table(title="逐条结果", head=("条件", "结果", "现为", "要求", "依据"), rows=rows)


def _terms_used(terms: Terms, opening: Opening) -> tuple[Used, ...]:
    weights = [f"weight_{sheet}" for sheet in opening.sheet_weights]
    weights += [f"weight_{dimension}" for dimension in opening.dimension_weights]
    return tuple(used for name in (*weights, *TERM_NAMES) if (used := terms.used(name)).mark)


def _unverified(used: Iterable[Used]) -> Section:
    rows = tuple(
        (one.label, "无" if one.value is None else say(one.value, one.unit), one.mark, one.reference)
        for one in {(one.name, one.since): one for one in used}.values()
    )
    return Section(
        title="未核实的数字",
        english="Numbers that are not verified",
        sentences=("下列数字未见正式文件，不得当作官方规定引用；以正式文件为准。",),
        tables=(Table(title="本单用到的未核实数字", head=("名称", "取值", "标注", "依据"), rows=rows),) if rows else (),
    )


def _signing(application: Application, names: Mapping[str, str]) -> Iterator[Signature]:
    stored = application.stored
    for sheet in Sheet:
        if sheet in application.required_sheets:
            code = {Sheet.BANK: stored.bank, Sheet.GUARANTOR: stored.guarantor}.get(sheet)
            yield Signature(name=SHEET_LABELS[sheet] + (f"：{names.get(code, code)}" if code else ""))
    experts = (one.body["expert"] for one in stored.sheets)
    yield from (Signature(name=f"行业专家：{one['name']}", sealed=False) for one in experts if one)
