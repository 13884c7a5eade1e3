"""Which banks and guarantors report in the demonstration city?"""

from collections.abc import Mapping

BANKS: Mapping[str, str] = {
    "demo-bank-1": "演示第一商业银行淄博分行",
    "demo-bank-2": "演示第二商业银行淄博分行",
    "demo-bank-3": "演示城市商业银行",
    "demo-bank-4": "演示农村商业银行",
    "demo-bank-5": "演示科技银行淄博分行",
}
"""Codes and names of the invented banks; the shares below are of loans."""

BANK_SHARES = (0.27, 0.22, 0.21, 0.18, 0.12)

GUARANTOR = "demo-guarantor-1"
GUARANTOR_NAME = "演示融资担保有限公司"
