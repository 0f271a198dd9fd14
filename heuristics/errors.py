"""Bad input, told in one line."""

from __future__ import annotations

import re
from difflib import get_close_matches
from os import PathLike, fspath
from reprlib import Repr

_ABSENT = object()
_LONGEST_VALUE = 60


class _Short(Repr):
    """Spells out no more of a value of any size than is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 6
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = _LONGEST_VALUE
        self.maxstring = self.maxother = self.maxlong = 4 * _LONGEST_VALUE


_SHORT = _Short()


class InputError(ValueError):
    """Input from outside that breaks a rule.

    Parameters
    ----------
    rule
        Rule for the field, as the second half of a sentence: ``"must be at least 1"``.
    source
        The file or option that the value came from.
    field
        The path of the field inside the source, such as ``coefficients.uplink[0][3]``.
    found
        The value that broke the rule.

    Examples
    --------
    >>> print(InputError("must be at least 1", source="a.json", field="version", found=0))
    a.json: version: must be at least 1, found 0

    The nearest of the names that a rule lists is proposed:

    >>> print(InputError("must be one of ot, ot-gah, greedy", field="method", found="ot-gha"))
    method: must be one of ot, ot-gah, greedy, found 'ot-gha'; did you mean ot-gah?
    """

    def __init__(
        self,
        rule: str,
        *,
        source: str | PathLike[str] | None = None,
        field: str | None = None,
        found: object = _ABSENT,
    ) -> None:
        self.rule = rule
        self.source = None if source is None else fspath(source)
        self.field = field
        self.found = found
        super().__init__(rule)

    def within(self, source: str | PathLike[str]) -> InputError:
        """Return the same error, told of the file or option that it was found in."""
        error = InputError(self.rule, source=source, field=self.field)
        error.found = self.found
        return error

    def __str__(self) -> str:
        """Return the source, the field, the rule and the value found, on one line."""
        place = [printable(part) for part in (self.source, self.field) if part]
        text = ": ".join([*place, self.rule])
        if self.found is not _ABSENT:
            text += f", found {shown(self.found)}"
        near = nearest(self.rule, self.found)
        return text if near is None else f"{text}; did you mean {near}?"


def nearest(rule: str, found: object) -> str | None:
    """Return the name in the list of a rule that is nearest to a value; None if none is near.

    Parameters
    ----------
    rule
        Rule such as ``"must be one of ot, greedy"``, or with the list in round brackets.
    found
        Value that broke the rule. Only a short text can be near to a name.
    """
    listed = re.match(r"must be (?:one of|a parameter) ", rule)
    if listed is None or not isinstance(found, str) or len(found) > _LONGEST_VALUE:
        return None
    names = re.findall(r"[\w.+-]+", rule[listed.end() :])
    near = get_close_matches(found, [each.rstrip(".") for each in names], n=1, cutoff=0.7)
    return near[0] if near and near[0] != found else None


def printable(text: str) -> str:
    """Escape what would break a line or a terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def shown(value: object) -> str:
    """Show a value as it would stand in a JSON file, shortened to one line."""
    names = {True: "true", False: "false", None: "null"}
    if value is None or isinstance(value, bool):
        return names[value]
    if isinstance(value, int) and value.bit_length() > 200:
        return f"an integer of {value.bit_length()} bits"
    text = printable(_SHORT.repr(value))
    if len(text) > _LONGEST_VALUE:
        return text[:_LONGEST_VALUE] + "..."
    return text
