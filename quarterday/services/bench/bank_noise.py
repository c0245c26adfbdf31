"""How people and banks spoil what was written on the invoice."""

from __future__ import annotations

from random import Random

from quarterday.core.creditor_reference import make_creditor_reference, show_creditor_reference
from quarterday.services.bench.bank_world import Style

_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"))
_ACCENTS = str.maketrans("äöüÄÖÜéÉúÚçÇøØß", "aouAOUeEuUcCoOs")
_BEFORE = (
    "", "Rechnung ", "Rechnungsnr. ", "RG ", "Rg.-Nr. ", "invoice ", "Invoice no ", "Facture ",
    "factura n. ", "Nr ", "Payment of ", "Danke! ", "Kd.-Nr. K00000 Rechnung ",
)  # fmt: skip
_AFTER = (
    "", "", "", " vom 02.09.2026", " 2026-09-02", " danke", " Tel. 0221 555{number}", " EUR {euro}",
    " {euro} EUR", " Kd {customer}", " SVWZ+", " 14 Tage netto", " Miete Okt. 2026",
)  # fmt: skip
# The same in the words of other people, for the second noise.
_OTHER_BEFORE = (
    "", "BELEG ", "Rg ", "RNr.", "bill #", "Facture no. ", "Fatura ", "paiement facture ", "zu ",
    "Vertrag 4471 / ", "Auftrag vom 3.9. Nr. ", "Ref: ", "customer {customer}, invoice ",
)  # fmt: skip
_OTHER_AFTER = (
    "", "", " merci", " obrigado", " (2. Rate)", " v. 2.9.26", " fon +49 30 {number}",
    " abzgl. 0,00", " {customer}", " EREF+NOTPROVIDED", " 09/2026", ", Gruss", " total {euro}",
)  # fmt: skip
IDLE_TEXTS = (
    "", "Danke", "Hosting", "monthly fee", "Rechnung", "Überweisung", "SEPA-Überweisung online",
    "Okt 2026", "see e-mail of 03.10.2026", "Zahlung", "thanks a lot", "internet 12/2026",
)  # fmt: skip


def spoil_name(rng: Random, name: str) -> str:
    """A name as it may stand on a statement."""
    way = rng.random()
    words = name.split()
    if way < 0.25:
        text = name.upper()
    elif way < 0.4 and len(words) == 2:
        text = f"{words[1]}, {words[0]}"
    elif way < 0.5:
        text = name.translate(_ACCENTS)
    elif way < 0.62:
        text = name
        for one, two in _UMLAUTS:
            text = text.replace(one, two)
    elif way < 0.66:
        text = slip(rng, name)
    elif way < 0.7 and len(words) == 2:
        text = f"{words[0][0]}. {words[1]}"
    elif way < 0.73 and "Example" not in name:
        text = f"{rng.choice(('Dr.', 'Frau', 'Herr'))} {name}"
    elif way < 0.76 and "Example" not in name:
        text = f"{words[0]} und Beispiele {words[-1]}"
    else:
        text = name
    return text[: rng.choice((27, 35, 70, 70, 70))].strip()


def slip(rng: Random, text: str) -> str:
    """A text with one slip of the finger."""
    place = rng.randrange(1, max(2, len(text) - 1))
    way = rng.randrange(3)
    if way == 0:
        return text[:place] + text[place + 1 :]
    if way == 1:
        return text[: place - 1] + text[place : place + 1] + text[place - 1] + text[place + 1 :]
    return text[:place] + text[place] + text[place:]


def spoil_digits(rng: Random, digits: str) -> str:
    """Digits with one wrong, or two exchanged."""
    place = rng.randrange(len(digits) - 1)
    if rng.random() < 0.5 and digits[place] != digits[place + 1]:
        return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    other = rng.choice([one for one in "0123456789" if one != digits[place]])
    return digits[:place] + other + digits[place + 1 :]


def write_number(rng: Random, style: Style, number: int) -> str:
    """A number of an invoice as people write it: with or without what is around it."""
    digits, prefix = f"{number:0{style.digits}d}", style.prefix
    half = len(digits) // 2
    ways = (
        (35, prefix + digits),
        (15, (prefix + digits).replace("-", "").lower()),
        (10, f"{prefix.rstrip('-')} {digits}"),
        (8, f"{prefix}{digits[:half]} {digits[half:]}"),
        (16, digits),
        (8, f"{prefix}{number}"),
        (8, str(number)),
    )
    return rng.choices([way for _, way in ways], [share for share, _ in ways])[0]


def write_alike(rng: Random, style: Style, number: int) -> str:
    """A number with letters where digits belong."""
    digits = f"{number:0{style.digits}d}"
    for digit, letter in (("0", "O"), ("1", "l"), ("1", "I")):
        if digit in digits and rng.random() < 0.7:
            return style.prefix + digits.replace(digit, letter, 1)
    return style.prefix + digits.replace("0", "O", 1).replace("1", "I", 1)


def write_around(
    rng: Random, words: str, amount_minor: int, customer: str, *, is_second: bool = False
) -> str:
    """What else stands beside a number; the telephone and the amount are traps."""
    told = {
        "euro": f"{amount_minor // 100},{amount_minor % 100:02d}",
        "number": rng.randrange(100, 999_999),
        "customer": customer,
    }
    before = rng.choice(_OTHER_BEFORE if is_second else _BEFORE).format(**told)
    after = rng.choice(_OTHER_AFTER if is_second else _AFTER).format(**told)
    return f"{before}{words}{after}"[:140]


def break_text(rng: Random, text: str) -> str:
    """A text as some banks pass it on: in blocks of 27, in capitals, or without spaces."""
    way = rng.random()
    if way < 0.2:
        return " ".join(text[at : at + 27] for at in range(0, len(text), 27))
    if way < 0.4:
        return text.upper()
    if way < 0.45:
        return text.replace(" ", "")
    return text


def write_reference(rng: Random, label: str) -> str:
    """The reference in free text: as printed, joined, or in small letters."""
    reference = make_creditor_reference(label)
    way = rng.random()
    if way < 0.4:
        return show_creditor_reference(reference)
    return reference if way < 0.8 else reference.lower()


def break_reference(rng: Random, label: str) -> str:
    """The reference with one wrong digit."""
    reference = make_creditor_reference(label)
    place = rng.choice([at for at, sign in enumerate(reference) if at > 1 and sign.isdecimal()])
    other = rng.choice([one for one in "0123456789" if one != reference[place]])
    return reference[:place] + other + reference[place + 1 :]
