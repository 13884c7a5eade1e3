"""How is a finding that stands in the way told in one sentence, with its document?"""

from risk.policies.verdict import Finding


def say_finding(finding: Finding) -> str:
    """Say what was asked, what was found, what is asked for, and by which document."""
    measured = f"现为{finding.measured}，" if finding.measured else ""
    asked = f"要求{finding.required}{finding.mark}" if finding.required else ""
    note = f"。{finding.note.rstrip('。')}" if finding.note else ""
    return f"{finding.label}：{measured}{asked}{note}（{finding.reference}）"
