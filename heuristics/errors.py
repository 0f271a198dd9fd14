"""Bad input, told in one line."""

from __future__ import annotations

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
        return text


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
