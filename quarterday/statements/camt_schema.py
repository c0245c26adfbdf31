"""Whether a camt file is built as ISO 20022 demands: camt.052, .053 and .054, versions 1 to 14.

What a reader of statements looks at is held here in a shorthand of our own, from which the schema
of each version is made: which elements follow each other, how often, and what they hold. What we
never look at (postal addresses, agents, securities) may hold anything. With ``QUARTERDAY_SCHEMAS``
naming a folder that has the official files, such as ``camt.053.001.08.xsd``, those decide instead.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from lxml import etree

from quarterday.core.errors import BillingError

FOLDER = "QUARTERDAY_SCHEMAS"
NEWEST = 14

# ``Name?``: may be missing; ``Name*``: any number; ``Name+``: at least one; ``Name~10``: at most
# ten. ``@7`` is since that version, ``@1-6`` only from one to another; ``:Type`` is what it holds,
# and without it anything. ``a|b`` is one of the two.
_GROUPS = {
    "GrpHdr": "MsgId:Max35 CreDtTm:Moment MsgRcpt? MsgPgntn? OrgnlBizQry?@3 AddtlInf?:Max500",
    "Statement": (
        "Id:Max35 {page}?@3 ElctrncSeqNb?:Whole RptgSeq?@7 LglSeqNb?:Whole CreDtTm@1-6:Moment "
        "CreDtTm?@7:Moment FrToDt?:FromTo CpyDplctInd?:Copy RptgSrc?@2 Acct:OwnAccount RltdAcct? "
        "{interest} {balances} TxsSummry? Ntry*:Entry {extra}?:Max500"
    ),
    "FromTo": "FrDtTm:Moment ToDtTm:Moment",
    "OwnAccount": (
        "Id@1-8:AccountId Id?@9:AccountId Tp? Ccy?:Code3 Nm?:Max70 Prxy?@8 Ownr?:Party Svcr?"
    ),
    "Account": "Id@1-8:AccountId Id?@9:AccountId Tp? Ccy?:Code3 Nm?:Max70 Prxy?@8",
    "AccountId": "IBAN:Iban|BBAN@1-1:Bban|UPIC@1-1:Upic|PrtryAcct@1-1:OnlyId|Othr@2:OtherId",
    "OnlyId": "Id:Max34",
    "OtherId": "Id:Max34 SchmeNm? Issr?:Max35",
    "Party": "Nm@1-1?:Max70 Nm@2?:Max140 PstlAdr? Id? CtryOfRes? CtctDtls?@2",
    "Balance": (
        "Tp@1-1:BalanceCode Tp@2:BalanceType CdtLine?@1-6 CdtLine*@7 Amt:Amount "
        "CdtDbtInd:Side Dt:DayOrMoment Avlbty*"
    ),
    "BalanceType": "CdOrPrtry:BalanceCode SubTp?",
    "BalanceCode": "Cd:BalanceWord|Prtry:Max35",
    "DayOrMoment": "Dt:Day|DtTm:Moment",
    "Entry": (
        "NtryRef?@2:Max35 Amt:Amount CdtDbtInd:Side RvslInd?:Flag Sts@1-6:Status "
        "Sts@7:StatusChoice BookgDt?:DayOrMoment ValDt?:DayOrMoment AcctSvcrRef?:Max35 Avlbty* "
        "BkTxCd:BankCode ComssnWvrInd? AddtlInfInd? Btch*@1-1:Batch AmtDtls? Chrgs*@1-3 "
        "Chrgs?@4 TechInptChanl?@2 Intrst*@1-3 Intrst?@4 CardTx?@3 TxDtls*@1-1:Payment "
        "NtryDtls*@2:Details AddtlNtryInf?:Max500"
    ),
    "StatusChoice": "Cd:Code4|Prtry:Max35",
    "BankCode": "Domn?:Domain Prtry?:OwnCode",
    "Domain": "Cd:Code4 Fmly:Family",
    "Family": "Cd:Code4 SubFmlyCd:Code4",
    "OwnCode": "Cd:Max35 Issr?:Max35",
    "Details": "Btch?:Batch TxDtls*:Payment",
    "Batch": "MsgId?:Max35 PmtInfId?:Max35 NbOfTxs?:Digits15 TtlAmt?@2:Amount CdtDbtInd?@2:Side",
    "Payment": (
        "Refs?:References Amt@3-6:Amount CdtDbtInd@3-6:Side Amt?@7:Amount CdtDbtInd?@7:Side "
        "AmtDtls?:Amounts Avlbty* BkTxCd?:BankCode Chrgs*@1-3 Chrgs?@4 Intrst*@1-3 Intrst?@4 "
        "RltdPties?:Parties RltdAgts? LclInstrm?@7 PmtTpInf?@10 Purp? RltdRmtInf~10 "
        "RmtInf?:Remittance RltdDts? RltdPric? RltdQties* FinInstrmId? Tax? RtrInf?:Return "
        "CorpActn?@1-12 RltdCorpActn?@13 SfkpgAcct? UndrlygAllcn*@13 CshDpst*@3 CardTx?@3 "
        "InstrCpy?@13 AddtlTxInf?:Max500 SplmtryData*@4"
    ),
    "References": (
        "MsgId?:Max35 AcctSvcrRef?:Max35 PmtInfId?@2:Max35 InstrId?:Max35 EndToEndId?:Max35 "
        "UETR?@8:Uuid TxId?:Max35 MndtId?:Max35 ChqNb?:Max35 ClrSysRef?:Max35 "
        "AcctOwnrTxId?@3:Max35 AcctSvcrTxId?@3:Max35 MktInfrstrctrTxId?@3:Max35 "
        "PrcgId?@3:Max35 RtrId?@14 Prtry?@1-2 "
        "Prtry*@3"
    ),
    "Amounts": "InstdAmt?:Money TxAmt?:Money CntrValAmt?:Money AnncdPstngAmt?:Money PrtryAmt*",
    "Money": "Amt:Amount CcyXchg?",
    "Parties": (
        "InitgPty?:AnyParty Dbtr?:AnyParty DbtrAcct?:Account UltmtDbtr?:AnyParty Cdtr?:AnyParty "
        "CdtrAcct?:Account UltmtCdtr?:AnyParty TradgPty?:AnyParty Prtry*"
    ),
    "PartyChoice": "Pty:Party|Agt",
    "Remittance": "Ustrd*:Max140 Strd*:Structured",
    "Structured": (
        "RfrdDocInf?@1-1 RfrdDocInf*@2 RfrdDocRltdDt?@1-1 RfrdDocAmt*@1-1 RfrdDocAmt?@2 "
        "CdtrRefInf?:Creditor Invcr? Invcee? TaxRmt?@5 GrnshmtRmt?@5 SctiesData*@14 "
        "AddtlRmtInf?@1-1:Max140 AddtlRmtInf~3@2:Max140"
    ),
    "Creditor": "CdtrRefTp?@1-1 CdtrRef?@1-1:Max35 Tp?@2 Ref?@2:Max35",
    "Return": (
        "OrgnlBkTxCd?:BankCode RtrOrgtr?@1-1 RtrRsn?@1-1 AddtlRtrRsnInf*@1-1:Max105 Orgtr?@2 "
        "Rsn?@2:ReturnCode AddtlInf*@2:Max105"
    ),
    "ReturnCode": "Cd:Code4|Prtry:Max35",
}
# What a value must look like: its base, and facets of the XML Schema language.
_VALUES = {
    "Moment": ("dateTime", {}),
    "Day": ("date", {}),
    "Flag": ("boolean", {}),
    "Whole": ("decimal", {"fractionDigits": "0", "totalDigits": "18"}),
    "Number": ("decimal", {"minInclusive": "0", "fractionDigits": "5", "totalDigits": "18"}),
    "Digits15": ("string", {"pattern": "[0-9]{1,15}"}),
    "Code3": ("string", {"pattern": "[A-Z]{3}"}),
    "Bban": ("string", {"pattern": "[a-zA-Z0-9]{1,30}"}),
    "Upic": ("string", {"pattern": "[0-9]{8,17}"}),
    "Uuid": (
        "string",
        {"pattern": "[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12}"},
    ),
    **{
        f"{word}{length}": ("string", {"minLength": "1", "maxLength": str(length)})
        for word, length in (
            ("Code", 4),
            *(("Max", size) for size in (34, 35, 70, 105, 140, 500)),
        )
    },
}
_WORDS = {"Side": "CRDT DBIT", "Copy": "CODU COPY DUPL"}
_STATUS = {"053.1": "BOOK", "054.1": "BOOK PDNG"}
_BALANCE = "OPBD ITBD CLBD XPCD OPAV ITAV CLAV FWAV PRCD"
_BALANCE_1 = {
    "052": f"{_BALANCE} IOPA IITA ICLA IFWA ICLB IITB IOPB IXPC DOPA DITA DCLA DFWA DCLB DITB "
    "DOPB DXPC COPA CITA CCLA CFWA CCLB CITB COPB CXPC"
}
_BALANCE_1["053"] = _BALANCE_1["054"] = _BALANCE_1["052"]
# The words of the three messages: the element of one, of its page, and of its last remark.
_MESSAGES = {
    "052": ("BkToCstmrAcctRpt", "Rpt", "RptPgntn", "AddtlRptInf"),
    "053": ("BkToCstmrStmt", "Stmt", "StmtPgntn", "AddtlStmtInf"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "NtfctnPgntn", "AddtlNtfctnInf"),
}
_TOKEN = re.compile(r"(\w+)([?*+]|~\d+)?(?:@(\d+)(?:-(\d+))?)?([?*+])?(?::(\w+))?")


def message_words(kind: str) -> tuple[str, str]:
    """The element of a message, and of one statement in it: ``053`` has ``Stmt``."""
    return _MESSAGES[kind][:2]


def check_schema(document: etree._ElementTree, kind: str, version: int, name: str) -> None:
    """Raise `BillingError` for the first thing in a document that its schema does not allow."""
    schema = load_schema(kind, version, os.environ.get(FOLDER, ""))
    if schema.validate(document):
        return
    error = schema.error_log[0]
    text = re.sub(r"\{[^}]*\}", "", error.message).removesuffix(".")
    place = _name_place(document, error.path or "") or f"line {error.line}"
    raise BillingError(
        f"{name}, {place}: this is no valid camt.{kind}.001.{version:02}: {text}; get the file "
        "from the bank again, unchanged"
    )


def _name_place(document: etree._ElementTree, path: str) -> str:
    """Where an element stands, as people count: ``Stmt 1, Ntry 4, Amt``."""
    found = document.xpath(path) if path else []
    if not isinstance(found, list) or not found or not isinstance(found[0], etree._Element):
        return ""
    node, names = found[0], []
    for one in [node, *node.iterancestors()]:
        name = etree.QName(one).localname
        before = len(list(one.itersiblings(one.tag, preceding=True)))
        is_alone = not before and next(one.itersiblings(one.tag), None) is None
        is_counted = name in ("Stmt", "Rpt", "Ntfctn", "Ntry", "TxDtls", "Bal") or not is_alone
        names.append(f"{name} {before + 1}" if is_counted else name)
    return f"line {node.sourceline}, " + ", ".join(reversed(names[: max(1, len(names) - 2)]))


@cache
def load_schema(kind: str, version: int, folder: str) -> etree.XMLSchema:
    """The schema of a version: the official one where a folder has it, else our own."""
    official = Path(folder) / f"camt.{kind}.001.{version:02}.xsd"
    if folder and official.is_file():
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.XMLSchema(etree.parse(official, parser))
    return etree.XMLSchema(etree.fromstring(write_schema(kind, version)))


def write_schema(kind: str, version: int) -> str:
    """Our own schema of one version, as text."""
    message, statement, page, extra = _MESSAGES[kind]
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version:02}"
    interest = "" if kind == "054" and version == 1 else "Intrst*"
    balances = {"052": "Bal*:Balance", "053": "Bal+:Balance", "054": ""}[kind]
    groups = dict(_GROUPS)
    groups["Statement"] = groups["Statement"].format(
        page=page, extra=extra, interest=interest, balances=balances
    )
    groups["Document"] = f"{message}:Message"
    groups["Message"] = f"GrpHdr:GrpHdr {statement}+:Statement SplmtryData*@3"
    choice = "PartyChoice" if version >= 7 else "Party"
    types = [_write_group(name, text, version, choice) for name, text in groups.items()]
    types += [_write_value(name, *value) for name, value in _VALUES.items()]
    iban = "[a-zA-Z]{2}" if version == 1 else "[A-Z]{2}"
    types.append(_write_value("Iban", "string", {"pattern": iban + "[0-9]{2}[a-zA-Z0-9]{1,30}"}))
    words = _WORDS | {"Status": _STATUS.get(f"{kind}.{version}", "BOOK PDNG INFO")}
    if version < 7:
        words["BalanceWord"] = _BALANCE_1[kind] if version == 1 else f"{_BALANCE} INFO"
    else:
        types.append(_write_value("BalanceWord", *_VALUES["Code4"]))
    types += [_write_words(name, text) for name, text in words.items()]
    return (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{space}" '
        f'targetNamespace="{space}" elementFormDefault="qualified">'
        '<xs:element name="Document" type="Document"/>'
        '<xs:complexType name="Amount"><xs:simpleContent><xs:extension base="Number">'
        '<xs:attribute name="Ccy" type="Code3" use="required"/>'
        f"</xs:extension></xs:simpleContent></xs:complexType>{''.join(types)}</xs:schema>"
    )


def _write_group(name: str, text: str, version: int, party: str) -> str:
    """A complex type: its elements in their order, or one of several."""
    is_choice = "|" in text
    found = []
    for token in text.replace("|", " ").split():
        match = _TOKEN.fullmatch(token)
        assert match is not None, token
        element, often, first, last, also, holds = match.groups()
        ends = int(last) if last else NEWEST
        if first and not int(first) <= version <= ends:
            continue
        holds = party if holds == "AnyParty" else holds or "xs:anyType"
        often = often or also
        lowest = "0" if often and often != "+" else "1"
        highest = "unbounded" if often in ("*", "+") else often[1:] if often and often[1:] else "1"
        found.append(
            f'<xs:element name="{element}" type="{holds}" minOccurs="{lowest}" '
            f'maxOccurs="{highest}"/>'
        )
    order = "choice" if is_choice else "sequence"
    return (
        f'<xs:complexType name="{name}"><xs:{order}>{"".join(found)}</xs:{order}></xs:complexType>'
    )


def _write_value(name: str, base: str, facets: dict[str, str]) -> str:
    inner = "".join(f'<xs:{facet} value="{value}"/>' for facet, value in facets.items())
    return (
        f'<xs:simpleType name="{name}"><xs:restriction base="xs:{base}">{inner}'
        "</xs:restriction></xs:simpleType>"
    )


def _write_words(name: str, words: str) -> str:
    inner = "".join(f'<xs:enumeration value="{word}"/>' for word in words.split())
    return (
        f'<xs:simpleType name="{name}"><xs:restriction base="xs:string">{inner}'
        "</xs:restriction></xs:simpleType>"
    )
