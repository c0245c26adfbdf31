"""camt.053 of version 8, piece by piece."""

from __future__ import annotations

OWN = "DE89370400440532013000"
DETAILS = (
    "<TxDtls><Refs><EndToEndId>E2E-1</EndToEndId><MndtId>M-1</MndtId></Refs><RltdPties>"
    "<Dbtr><Pty><Nm>Anna Example</Nm></Pty></Dbtr>"
    "<DbtrAcct><Id><IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct></RltdPties>"
    "<RmtInf><Ustrd>Invoice INV-000001</Ustrd><Ustrd>of March</Ustrd><Strd><CdtrRefInf>"
    "<Ref>RF18 5390 0754 7034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"
)


def document(*statements: str, message: str = "M-1") -> str:
    """A whole file."""
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-03-31T01:00:00</CreDtTm></GrpHdr>"
        f"{''.join(statements)}</BkToCstmrStmt></Document>"
    )


def statement(*parts: str, number: str = OWN, reference: str = "S-1") -> str:
    """A statement of balances and entries; a balance that nobody looks at if none is given."""
    if not any(part.startswith("<Bal>") for part in parts):
        parts = (balance("CLAV", "0"), *parts)
    return (
        f"<Stmt><Id>{reference}</Id><Acct><Id><IBAN>{number}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{''.join(parts)}</Stmt>"
    )


def balance(word: str, amount: str, on: str = "2026-03-02") -> str:
    """A balance of ours."""
    side = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{word}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount.lstrip("-")}</Amt><CdtDbtInd>{side}</CdtDbtInd>'
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def entry(
    amount: str,
    details: str,
    *,
    code: str = "EUR",
    side: str = "CRDT",
    status: str = "BOOK",
    on: str = "2026-03-02",
    reference: str = "",
    more: str = "",
) -> str:
    """A movement."""
    inner = f"<NtryDtls>{details}</NtryDtls>" if details else ""
    return (
        f'<Ntry><Amt Ccy="{code}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}'
        f"<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{on}</Dt></BookgDt>{reference}"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
        f"</BkTxCd>{inner}</Ntry>"
    )
