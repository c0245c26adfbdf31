"""Every sample that is not broken is read completely, as other readers of the same formats do."""

from __future__ import annotations

import copy
import random
import warnings
from decimal import Decimal
from pathlib import Path

import mt940
import pytest
from lxml import etree
from ofxparse import OfxParser

from quarterday.core.errors import BillingError
from quarterday.core.money import from_minor
from quarterday.statements.camt_schema import FOLDER, NEWEST, load_schema
from quarterday.statements.values import find_currency
from tests.statements import samples
from tests.statements.samples import list_samples, needs_samples, read

pytestmark = needs_samples
# What is broken, and how it is said.
BROKEN = {
    "camt053.v2.wrong.xml": "line 3, .*BkToCstmrStmt.*Stmt.*from the bank again",
    "date_missing.ofx": "STMTTRN 1 .*DTPOSTED is missing",
    "decimal_error.ofx": "is no amount",
    "empty_balance.ofx": "BALAMT",
    "error_message.ofx": "refusal 2000.*General Server Error",
    "signon_fail.ofx": "refusal 15500.*incorrect",
}
# Fragments whose currency is said nowhere are read with that of the account.
CODE = "EUR"
# What ofxparse cannot read though nothing in it is wrong, and movements of no money, which it
# counts.
UNREAD_BY_OTHERS = {"ofx-v102-empty-tags.ofx"}
NO_MONEY = {"vanguard401k.ofx": 1}


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", list_samples("camt/*.xml"), ids=name)
def test_camt_is_read_completely(path: Path) -> None:
    if path.name in BROKEN:
        return
    tree = etree.parse(path)
    count = len(
        tree.xpath("//*[local-name()='Ntry'][*[local-name()='Sts'][normalize-space()='BOOK']]")
    )
    found = read(path.read_bytes())
    assert sum(len(one.entries) for one in found) == count
    pending = len(tree.xpath("//*[local-name()='Ntry']")) - count
    assert sum(one.pending for one in found) == pending
    booked = tree.xpath(
        "//*[local-name()='Ntry'][*[local-name()='Sts'][normalize-space()='BOOK']]/*[local-name()='Amt']"
    )
    shown = [
        abs(from_minor(entry.amount_minor, find_currency(entry.currency, "")))
        for one in found
        for entry in one.entries
    ]
    assert sorted(shown) == sorted(Decimal(node.text) for node in booked)


@pytest.mark.parametrize("path", list_samples("mt940/*/*.sta"), ids=name)
def test_mt940_is_read_as_another_reader_does(path: Path) -> None:
    others = [one for one in mt940.parse(str(path)).transactions if "status" in one.data]
    found = read(path.read_bytes(), currency=CODE)
    entries = [entry for one in found for entry in one.entries]
    assert len(entries) == len(others)
    for entry, other in zip(entries, others, strict=True):
        unit = find_currency(entry.currency, "")
        assert abs(from_minor(entry.amount_minor, unit)) == abs(other.data["amount"].amount)
        # Of what was taken back only we turn the sign, as the balances below prove.
        if not other.data["status"].startswith("R"):
            assert (entry.amount_minor > 0) == (other.data["amount"].amount > 0)
        assert entry.value_on == other.data["date"]


def test_balances_of_mt940_add_up_where_nobody_edited_them() -> None:
    found = [
        one
        for path in list_samples("mt940/betterplace/sepa_mt9401.sta")
        for one in read(path.read_bytes())
    ]
    assert len(found) == 26
    assert {one.difference() for one in found} == {0}


@pytest.mark.parametrize("path", list_samples("ofx/*.ofx"), ids=name)
def test_ofx_is_read_as_another_reader_does(path: Path) -> None:
    if path.name in BROKEN:
        return
    found = read(path.read_bytes())
    entries = [entry for one in found for entry in one.entries]
    if path.name in UNREAD_BY_OTHERS:
        assert len(entries) == path.read_text().upper().count("</STMTTRN>")
        return
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = OfxParser.parse(file)
    theirs = [row for one in other.accounts if one.statement for row in one.statement.transactions]
    assert len(entries) == len(theirs) - NO_MONEY.get(path.name, 0)
    money = sorted(row.amount for row in theirs if hasattr(row, "amount"))
    ours = [from_minor(entry.amount_minor, find_currency(entry.currency, "")) for entry in entries]
    if len(money) == len(ours):
        # Funds are told to four decimals, accounts have two.
        assert all(abs(a - b) < Decimal("0.01") for a, b in zip(sorted(ours), money, strict=True))


@pytest.mark.parametrize(
    "path",
    [path for path in list_samples("*/**/*") if path.name in BROKEN],
    ids=name,
)
def test_what_is_broken_is_refused_with_the_place(path: Path) -> None:
    with pytest.raises(BillingError, match=BROKEN[path.name]):
        read(path.read_bytes())


@pytest.mark.parametrize("path", list_samples("camt/*.xml"), ids=name)
def test_our_schemas_judge_as_the_official_ones(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is changed in the parts that we look at, both say the same of it."""
    tree = etree.parse(path)
    space = etree.QName(tree.getroot()).namespace or ""
    kind, version = space[-10:-7], int(space[-2:])
    folder = str(samples.FOLDER / "camt-xsd")
    if not (Path(folder) / f"camt.{kind}.001.{version:02}.xsd").is_file():
        pytest.skip(f"there is no official schema of {space}")
    ours, theirs = load_schema(kind, version, ""), load_schema(kind, version, folder)
    assert ours.validate(tree) == theirs.validate(tree) == (path.name not in BROKEN)
    chance, judged = random.Random(path.name), 0
    while judged < 150 and path.name not in BROKEN:
        mutant = copy.deepcopy(tree)
        if (how := mutate(mutant, ours, chance)) is None:
            continue
        judged += 1
        changed = etree.ElementTree(etree.fromstring(etree.tostring(mutant)))
        assert ours.validate(changed) == theirs.validate(changed), how
    monkeypatch.setenv(FOLDER, folder)
    if path.name not in BROKEN:
        assert read(path.read_bytes())


def mutate(tree: etree._ElementTree, ours: etree.XMLSchema, chance: random.Random) -> str | None:
    """Break an element that our schema looks at; what was done, or None if it looks at none."""
    element = chance.choice([node for node in tree.iter() if node.getparent() is not None])
    tag, parent = element.tag, element.getparent()
    element.tag = f"{tag}X"
    is_seen = not ours.validate(tree)
    element.tag = tag
    probe = etree.SubElement(element, "probe")
    is_open = ours.validate(tree)
    element.remove(probe)
    if not is_seen:
        return None
    ways = ["drop", "double", "move", "rename"] + ([] if is_open else ["text", "empty", "bare"])
    way = chance.choice(ways)
    if way == "drop":
        parent.remove(element)
    elif way == "double":
        parent.insert(parent.index(element), copy.deepcopy(element))
    elif way == "move":
        parent.append(element)
    elif way == "rename":
        element.tag = f"{tag}X"
    elif way == "text":
        element.text = chance.choice(["x", "2020-13-01", "-5", "", "A" * 600, "BOOK", "1.123456"])
    elif way == "empty":
        for child in list(element):
            element.remove(child)
    else:
        element.attrib.clear()
    return f"{way} {tag}"


@pytest.mark.parametrize("kind", ["052", "053", "054"])
def test_there_is_a_schema_of_every_version(kind: str) -> None:
    for version in range(1, NEWEST + 1):
        assert load_schema(kind, version, "")
