"""Who may have the sign-off sheet of an application, and by which mark is it told from any other?

Functions take `work` and never commit. The paper tells the evaluation alone: the same one gives the same paper.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from data.spec.access import Purpose
from data.spec.audit import Action
from data.spec.digests import Digest, hex_digest
from data.store.institutions import list_institutions
from data.store.work import Work
from risk import consent
from risk.document import Document
from risk.joint.evaluating import opened
from risk.joint.moving import event, read
from risk.joint.permissions import Actor
from risk.joint.signoff_document import signoff_document
from risk.joint.states import Move


@dataclass(frozen=True, kw_only=True)
class SignOff:
    """Be a sign-off sheet: its document, the digest of what it says, and when the last of it came about.

    `concluded` says whether the evaluation had come to its conclusion.
    """

    number: str
    assessment_id: str | None
    concluded: bool
    document: Document
    digest: str
    at: datetime


def issue_sign_off(work: Work, number: int, *, by: Actor, demonstration: bool) -> SignOff:
    """Return the sheet to a party of the application, and record that it was given out.

    Raises ApplicationUnknown, SheetsSealed, and what the consent gate raises for anyone but the bureau.
    """
    application = read(work, number, by=by)
    model = opened(application).model
    who = application.enterprise.identifier
    consent.authorise(work, who, tenant=by.tenant, actor=by.name, purpose=Purpose.JOINT_EVALUATION, at=work.at)
    names = {one.code: one.name for one in list_institutions(work)}
    document = signoff_document(application, names, demonstration=demonstration)
    digest = digest_of(document)
    work.record(event(work, number, by, Action.SIGN_OFF_ISSUED, digest=digest))
    last = application.last(Move.CONCLUDE, Move.EXPLAIN, Move.PROPOSE_OVERRIDE, Move.OPEN)
    assert last is not None
    identity = f"评估编号 {model.assessment_id or '无'}　内容摘要 {digest}"
    return SignOff(
        number=application.number,
        assessment_id=model.assessment_id,
        concluded=application.last(Move.CONCLUDE) is not None,
        document=replace(document, identity=identity),
        digest=digest,
        at=last.at,
    )


def digest_of(document: Document) -> str:
    """Return `sha256:` and the digest of every word of a document, its identity apart."""
    said = json.dumps(_words(document), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{Digest.SHA256}:{hex_digest(Digest.SHA256, said.encode())}"


def _words(document: Document) -> Mapping[str, object]:
    return {
        "title": document.title,
        "facts": document.facts,
        "warning": document.warning,
        "sections": [
            {
                "title": section.title,
                "sentences": section.sentences,
                "tables": [(table.title, table.head, table.rows) for table in section.tables],
            }
            for section in document.sections
        ],
        "signatures": [one.name for one in document.signatures],
    }
