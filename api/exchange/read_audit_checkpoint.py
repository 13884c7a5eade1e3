"""How does an institution come to hold the anchor of its own audit chain?"""

from pydantic import Field

from api.audit_desk import CheckpointMissing
from api.exchange.door import DesksHere, guarded_router
from api.exchange.report import Frozen
from api.identity import Caller
from api.problems import TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope

router = guarded_router("审计", Scope.AUDIT_READ)

NOTE = """lukeping/audit
4
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
digest sha256
entries 1873
at 2026-01-01T09:30:00+08:00

— lukeping/audit Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""


class CheckpointReported(Frozen):
    """最近一次检查点，与本机构审计链在其中的位置。请整个答复原样存档：它是日后核对的依据。"""

    note: str = Field(description="签名的检查点（C2SP tlog-checkpoint 格式，Ed25519）", examples=[NOTE])
    tenant: str = Field(description="本机构代码", examples=["zb-bank-01"])
    seq: int = Field(description="检查点时本机构审计链的条数", examples=[412])
    hash: str = Field(description="其最后一条的校验值", examples=["9c56cc51b374c3ba189210d5b6d4bf57…"])
    index: int = Field(description="本机构的叶子在树中的位置，从0起", examples=[2])
    path: list[str] = Field(
        description="从本机构的叶子到树根的证明（RFC 6962），由近及远",
        examples=[["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"]],
    )
    keys: list[str] = Field(
        description="当前的签名公钥；请与科技局另行告知的核对",
        examples=[["lukeping/audit+033de0ae+Ac00Zm4nLmeBkcYKZgLQw1+n1xcyqhWYzT4aJ4Wd6yP4"]],
    )


@router.get(
    "/audit/checkpoint",
    operation_id="read_audit_checkpoint",
    summary="取最近的审计检查点",
    response_description="签名的检查点、本机构的链头与证明",
    responses=refusals(TokenMissing, TokenUnknown, CheckpointMissing),
)
def read_audit_checkpoint(bank: Caller, desks: DesksHere) -> CheckpointReported:
    """取最近一次检查点；银行自行保存后，审计链若被截短或改写，必与之不符。

    (Read the latest checkpoint of the audit log, with this institution's own chain shown to be in it.)
    """
    held = desks.audit.latest(bank.code)
    if held is None:
        raise CheckpointMissing("本机构的审计链尚未进入任何检查点。", help="请过几分钟再取。")
    return CheckpointReported(
        note=held.note,
        tenant=held.tenant,
        seq=held.seq,
        hash=held.hash,
        index=held.index,
        path=list(held.path),
        keys=list(held.keys),
    )
