"""Mutations of files, by structure and by bytes: what a fault, a fool or a foe makes of them."""

import copy
import json
import math
import re

ODD_VALUES = (
    None,
    True,
    False,
    0,
    -1,
    1,
    1.0,
    0.5,
    -0.0,
    2**31,
    2**62,
    2**63,
    2**64,
    10**15,
    10**15 + 1,
    10**30,
    1e300,
    -1e300,
    5e-324,
    math.nan,
    math.inf,
    "",
    "0",
    "1e9",
    "NaN",
    "../../x",
    "=cmd()",
    "<script>alert(1)</script>",
    "\u202e",
    "\x00",
    "\ud800",
    "a" * 5000,
    [],
    [[]],
    {},
    {"a": {"a": []}},
    [0] * 3000,
)

TOKENS = (
    b"null", b"true", b"1.0", b"-1", b"1e999", b"NaN", b"Infinity", b'""', b"[", b"]", b"{", b"}",
    b",", b":", b'"', b"\\", b"\\u0000", b"\\ud800", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r",
    b"\n", b"=", b"#", b"'", b"9" * 400, b"0x10", b"1_0", b"[" * 200, b"{" * 200, b"\xe2\x80\xae",
)  # fmt: skip


def odd_value(rng):
    """Return a value that is none of what a field holds, or the extreme of it."""
    return copy.deepcopy(rng.choice(ODD_VALUES))


def mutated_bytes(data, rng):
    """Return bytes with one to four small faults."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice((1, 1, 2, 8, 64)))
        match rng.randrange(6):
            case 0 if at < len(data):
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = rng.choice(TOKENS)
            case 3:
                data[at:end] = rng.choice(TOKENS)
            case 4:
                other = rng.randrange(len(data) + 1)
                data[at:at] = data[other : other + rng.choice((1, 8, 64, 512))]
            case 5 if rng.random() < 0.2:
                del data[at:]
    return bytes(data)


def mutated_document(document, rng):
    """Return the JSON text of a document with one to three faults of structure."""
    document = copy.deepcopy(document)
    for _ in range(rng.randint(1, 3)):
        place, key = _place(document, rng)
        if place is None:
            break
        match rng.randrange(6):
            case 0 | 1:
                place[key] = odd_value(rng)
            case 2:
                del place[key]
            case 3:
                place[key] = _nested(place[key], rng.choice((1, 2, 3, 30)))
            case 4:
                other, name = _place(document, rng)
                place[key] = copy.deepcopy(other[name])
            case 5:
                _add(place, key, rng)
    return _text(document, rng)


def mutated_lines(text, rng):
    """Return lines of keys and values, or of cells, with one to three faults."""
    lines = text.splitlines()
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines))
        match rng.randrange(6):
            case 0:
                del lines[at : at + rng.choice((1, 1, 5))]
            case 1:
                lines.insert(rng.randrange(len(lines) + 1), lines[at])
            case 2 | 3:
                spans = [each.span() for each in re.finditer(r"[\w.+-]+", lines[at])]
                if spans:
                    start, end = rng.choice(spans)
                    value = _literal(odd_value(rng), rng)
                    lines[at] = lines[at][:start] + value + lines[at][end:]
            case 4:
                lines[at] += rng.choice((",", " ", "  # x", ",1", "\t", '"', "]", "e9"))
            case 5:
                other = rng.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
        lines = lines or [""]
    return "\n".join(lines) + "\n"


def _place(document, rng):
    """Return a list or an object somewhere in a document and an index or a key of it."""
    place, key = document, None
    found = (None, None)
    while isinstance(place, dict | list) and place:
        key = rng.choice(list(place) if isinstance(place, dict) else range(len(place)))
        found = (place, key)
        if rng.random() < 0.25:
            break
        place = place[key]
    return found


def _nested(value, depth):
    for _ in range(depth):
        value = [value]
    return value


def _add(place, key, rng):
    value = odd_value(rng)
    if isinstance(place, dict):
        place[f"{key}{rng.choice(('', '_', ' ', 'x'))}"] = value
    else:
        place.insert(key, value)


def _text(document, rng):
    """Return a document as JSON; now and then a key is there twice, or a number written oddly."""
    text = json.dumps(document, ensure_ascii=rng.random() < 0.5)
    match rng.randrange(12):
        case 0:
            keys = [each.span() for each in re.finditer(r'"\w+": ?', text)]
            if keys:
                start, end = rng.choice(keys)
                text = f"{text[:start]}{text[start:end]}0, {text[start:]}"
        case 1:
            numbers = [each.span() for each in re.finditer(r"(?<=[ \[])\d+(?=[,\]])", text)]
            if numbers:
                start, end = rng.choice(numbers)
                number = text[start:end]
                odd = rng.choice(
                    (
                        f"{number}.0",
                        f"{number}e0",
                        f"0{number}",
                        f"-{number}",
                        "1_0",
                        _deep(number, rng),
                    )
                )
                text = text[:start] + odd + text[end:]
    return text


def _deep(text, rng):
    depth = rng.choice((100, 900, 1100, 5000))
    return "[" * depth + text + "]" * depth


def _literal(value, rng):
    text = json.dumps(value) if rng.random() < 0.7 else str(value)
    return text[:300]
