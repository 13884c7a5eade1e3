"""What would help against a fault of a row, in the words of the person who keeps the file?"""

from collections.abc import Mapping

from data.intake.drafting import RowFault

_AGAINST: Mapping[str, str] = {
    "uscc-scientific-notation": "请先把该列设为“文本”格式，再对照营业执照重新填写18位代码。",
    "uscc-check-digit": "请对照营业执照逐位核对，常见的是相近的字符（0 与 D、1 与 7、8 与 B）抄错。",
    "uscc-malformed": "请对照营业执照填写完整的18位代码，不含空格和字母 I、O、S、V、Z。",
    "digits-lost": "请先把该列设为“文本”格式，再从原始材料重新填写。",
    "cell-error": "请改正公式，或直接填写数值。",
    "formula-without-result": "请用 Excel 或 WPS 打开文件后保存，再导入；或直接填写数值。",
    "ends-before-start": "请核对这两个日期。",
    "date-impossible": "请写成 2024-06-30 的样子；只知道年月时写 2024-06。",
    "date-in-future": "请核对年份；尚未发生的事请等发生后再报。",
    "flag-malformed": "请填“是”或“否”。",
    "choice-unknown": "请从可选值中选一个，一字不差。",
    "number-malformed": "请只填数字；单位写在表头里，如“（万元）”。",
    "integer-malformed": "请填整数。",
    "below-minimum": "请核对正负号和单位。",
    "above-maximum": "请核对小数点和单位（百分数请写成 4.35%）。",
    "required-missing": "请补填；确实没有的，这一行暂时不能导入。",
    "known-on-missing": "请补填公告、报送或登记日期，或导入时用 --known-on 给出。",
    "identifier-missing": "请补填统一社会信用代码；没有代码的，至少写明企业全称。",
    "name-unmatched": "请核对企业全称，补填统一社会信用代码，或先导入含有该企业的企业名录。",
    "name-ambiguous": "请补填统一社会信用代码。",
    "amends-nothing": "请核对编号，或先导入被更正的原名单。",
    "row-too-long": "请检查该行是否多了分隔符，使内容向右错位。",
    "patent-number": "请对照专利证书填写，如 202010000001.X；请先把该列设为“文本”格式。",
}


def suggest(fault: RowFault) -> str:
    """Return what would help: the fault's own suggestion, else what its kind calls for."""
    return fault.suggestion or _AGAINST.get(fault.code, "请对照原始材料核对后改正。")
