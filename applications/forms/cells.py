"""How one cell of a table is read, whoever wrote it: a hand, or a spreadsheet with its thin spaces and decimal commas."""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django import forms
from stdnum.fr import siren as siren_number

from gen_portal.core import phrases
from gen_portal.core.text import fold

_TICKED = {"on", "true", "1", "oui", "x", "vrai"}
_UNTICKED = {"", "false", "0", "non", "faux"}
_GROUPED = re.compile(r"\d{1,3}(\.\d{3}){2,}")  # 1.234.567: full stops between thousands
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}\.\d{3}")  # 12.500: twelve thousand five hundred, or twelve and a half?


def read_cell(cell, text):
    """The value of a cell from what was typed; ValidationError says in French what to write instead."""
    text = text.strip()
    if not text:
        return cell.blank
    return _READERS[cell.kind](cell, text)


def read_decimal(text):
    """A number as France writes it: « 1 234,56 € », « 1234.56 », « 1.234,56 »."""
    compact = re.sub(r"[\s€]", "", text)
    if "," in compact:
        compact = compact.replace(".", "").replace(",", ".")
    elif _GROUPED.fullmatch(compact):
        compact = compact.replace(".", "")
    elif _AMBIGUOUS.fullmatch(compact):
        whole, _, rest = compact.partition(".")
        raise forms.ValidationError(
            f"« {text} » peut se lire de deux façons : écrivez {whole}{rest} ou {whole},{rest}."
        )
    if not re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", compact, re.ASCII):
        raise forms.ValidationError("Écrivez un nombre, par exemple 1 250.")
    return Decimal(compact)


def _number(cell, text):
    number = read_decimal(text)
    if number != number.to_integral_value():
        raise forms.ValidationError("Écrivez un nombre entier.")
    return _bounded(cell, number)


def _euros(cell, text):
    """Whole euros: cents are rounded, half a euro upwards."""
    amount = read_decimal(text)
    _bounded(cell, amount)  # first: a number of thirty digits can't be rounded
    return _bounded(cell, amount.quantize(Decimal(1), ROUND_HALF_UP))


def _bounded(cell, number):
    if not 0 <= number <= cell.limit:
        raise forms.ValidationError(f"Écrivez un nombre de 0 à {phrases.number(cell.limit)}.")
    return int(number)


def _text(cell, text):
    if len(text) > cell.limit:
        raise forms.ValidationError(
            f"{phrases.number(cell.limit)} caractères au plus ; ce texte en compte {phrases.number(len(text))}."
        )
    return text


def _day(cell, text):
    for read in (date.fromisoformat, lambda typed: datetime.strptime(typed, "%d/%m/%Y").date()):
        try:
            return read(text).isoformat()
        except ValueError:
            continue
    raise forms.ValidationError("Écrivez une date : jour/mois/année, par exemple 15/09/2027.")


def _choice(cell, text):
    """The code itself, or its words, whatever their case and accents."""
    for code, label in cell.choices:
        if text == code or fold(text) == fold(label):
            return code
    raise forms.ValidationError("Choisissez dans la liste.")


def _tick(cell, text):
    if fold(text) in _TICKED:
        return True
    if fold(text) in _UNTICKED:
        return False
    raise forms.ValidationError("Écrivez oui ou non.")


def _siren(cell, text):
    number = re.sub(r"\s", "", text)
    if not (number.isascii() and siren_number.is_valid(number)):
        raise forms.ValidationError("Ce numéro SIREN n'est pas valide : vérifiez ses 9 chiffres, ou laissez vide.")
    return number


_READERS = {
    "text": _text,
    "long": _text,
    "number": _number,
    "euros": _euros,
    "day": _day,
    "choice": _choice,
    "tick": _tick,
    "siren": _siren,
}
