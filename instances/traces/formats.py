"""The registry of formats: name, columns, time unit and source of each.

A format is told from the others by the names of its columns alone. Where two fit, or none, the
reader refuses the file and asks for ``columns=arrival:prompt:output``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from heuristics.errors import InputError
from instances.traces.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instances.traces.reading import Columns


@dataclass(frozen=True, kw_only=True)
class Format:
    """Names and units of the columns of a trace.

    Parameters
    ----------
    name
        Name of the format.
    source
        Place of the format's definition.
    prompt, output
        Columns of the lengths [tokens].
    arrival
        Column of the arrivals; None if the format has lengths alone.
    unit
        Unit of the arrivals; None if the file must settle it, or if arrivals are date-times.
    is_dated
        True if arrivals are date-times, such as 2023-11-16 18:17:03.9799600; None if the file
        tells.
    marks
        Further columns that each row must have.
    lacks
        Columns that no row may have: they mark another format.
    is_closed
        True if no columns may be there but those of ``known``.
    known
        Columns of a closed format beside those read.
    id_column
        Column of an identifier, if the file has it.
    only
        Column and value of the rows that are requests; other rows are skipped.
    one
        Column that must be 1 in each row, if the file has it.
    failure
        Reason to skip a row without output.
    remark
        Sentence for the summary: facts of the format that a reader of results must know.
    """

    name: str
    source: str
    prompt: str
    output: str
    arrival: str | None = None
    unit: Unit | None = None
    is_dated: bool | None = False
    marks: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    is_closed: bool = False
    known: tuple[str, ...] = ()
    id_column: str | None = None
    only: tuple[str, str] | None = None
    one: str | None = None
    failure: str = "0 output tokens"
    remark: str = ""

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that each row must have for its three values."""
        arrival = () if self.arrival is None else (self.arrival,)
        return (*arrival, self.prompt, self.output)

    @property
    def exclusion(self) -> str:
        """Reason to skip a row that is no request by ``only``."""
        return "" if self.only is None else f"{self.only[0]} other than {self.only[1]}"

    def fits(self, names: Sequence[str]) -> bool:
        """Return True if a file with columns of these names has this format."""
        needed = (*self.read, *self.marks)
        return (
            all(names.count(each) == 1 for each in needed)
            and not any(each in names for each in self.lacks)
            and (not self.is_closed or set(names) <= {*needed, *self.known})
        )


_AZURE = "github.com/Azure/AzurePublicDataset, "

FORMATS = (
    Format(
        name="azure",
        source=f"{_AZURE}AzureLLMInferenceDataset2023.md and 2024.md; Patel et al., Splitwise,"
        " ISCA 2024; Stojkovic et al., DynamoLLM, HPCA 2025",
        arrival="TIMESTAMP",
        is_dated=True,
        prompt="ContextTokens",
        output="GeneratedTokens",
        lacks=("NumImages",),
    ),
    Format(
        name="azure-multimodal",
        source=f"{_AZURE}AzureLMMInferenceDataset2025.md; Qiu et al., ModServe, SoCC 2025",
        arrival="TIMESTAMP",
        is_dated=True,
        prompt="ContextTokens",
        output="GeneratedTokens",
        marks=("NumImages",),
        remark="images are not counted beside ContextTokens",
    ),
    Format(
        name="mooncake",
        source="github.com/kvcache-ai/Mooncake, FAST25-release/README.md; Qin et al., FAST 2025",
        arrival="timestamp",
        unit=Unit.MS,
        prompt="input_length",
        output="output_length",
        lacks=("chat_id",),
    ),
    Format(
        name="qwen-bailian",
        source="github.com/alibaba-edu/qwen-bailian-usagetraces-anon, README.md, Data"
        " Specification; Wang et al., USENIX ATC 2025",
        arrival="timestamp",
        unit=Unit.S,
        prompt="input_length",
        output="output_length",
        marks=("chat_id",),
        id_column="chat_id",
    ),
    Format(
        name="burstgpt",
        source="github.com/HPMLL/BurstGPT, README.md, Schema; Wang et al., KDD 2025",
        arrival="Timestamp",
        unit=Unit.S,
        prompt="Request tokens",
        output="Response tokens",
        id_column="Session ID",
        failure="0 response tokens, a failed request",
    ),
    Format(
        name="vidur",
        source="github.com/microsoft/vidur, data/processed_traces/splitwise_code.csv;"
        " Agrawal et al., MLSys 2024",
        arrival="arrived_at",
        unit=Unit.S,
        prompt="num_prefill_tokens",
        output="num_decode_tokens",
    ),
    Format(
        name="splitwise-sim",
        source="github.com/Mutinifni/splitwise-sim, generate_trace.py; Patel et al., ISCA 2024",
        arrival="arrival_timestamp",
        unit=Unit.S,
        prompt="prompt_size",
        output="token_size",
        id_column="request_id",
        only=("request_type", "2"),
        one="batch_size",
    ),
    Format(
        name="llmservingsim",
        source="github.com/casys-kaist/LLMServingSim, workloads/README.md, Flat requests",
        arrival="arrival_time_ns",
        unit=Unit.NS,
        prompt="input_toks",
        output="output_toks",
        lacks=("arrival_time",),
    ),
    Format(
        name="llmservingsim-measured",
        source="github.com/casys-kaist/LLMServingSim, bench/examples, requests.jsonl",
        arrival="arrival_time",
        unit=Unit.S,
        prompt="input_toks",
        output="output_toks",
        marks=("queued_ts",),
        lacks=("arrival_time_ns",),
        id_column="request_id",
        remark="arrival_time is Unix time; queued_ts and the other *_ts run on a monotonic clock"
        " and are not read",
    ),
    Format(
        name="etalon",
        source="github.com/project-etalon/etalon, data/processed_traces; Agrawal et al.,"
        " Etalon, 2024",
        prompt="num_prefill_tokens",
        output="num_decode_tokens",
        is_closed=True,
        known=("", "num_total_tokens", "pd_ratio"),
    ),
    Format(
        name="plain",
        source="this project",
        arrival="arrival_s",
        unit=Unit.S,
        prompt="prompt_tokens",
        output="output_tokens",
    ),
)
"""All formats of columns; ServeGen's windows have a reader of their own."""

SERVEGEN = "servegen"
"""Name of the format of :mod:`instances.traces.servegen`."""

_SESSION = "sub_requests"


def format_of(names: Sequence[str], *, field: str) -> Format:
    """Return the one format whose columns a file has.

    Parameters
    ----------
    names
        Column names of a header, or the keys of the first object.
    field
        Place of the names in the file, for errors.

    Raises
    ------
    InputError
        If no format fits, or more than one.
    """
    refuse_session(names, field=field)
    fitting = [each for each in FORMATS if each.fits(names)]
    if len(fitting) > 1:
        found = " and ".join(each.name for each in fitting)
        rule = "must fit one format, or be named by --set columns=arrival:prompt:output"
        raise InputError(rule, field=field, found=found)
    if not fitting:
        known = " or ".join(dict.fromkeys(",".join(each.read) for each in FORMATS))
        rule = (
            f"must have the columns {known} or those of --set columns=arrival:prompt:output,"
            " each once"
        )
        raise InputError(rule, field=field, found=",".join(names))
    return fitting[0]


def format_of_columns(columns: Columns, names: Sequence[str], *, field: str) -> Format:
    """Return a format of the columns that the user named.

    Raises
    ------
    InputError
        If the file does not have each of them once.
    """
    made = Format(
        name=f"columns {columns}",
        source="the user",
        arrival=columns.arrival or None,
        is_dated=None,
        prompt=columns.prompt,
        output=columns.output,
    )
    for each in made.read:
        if names.count(each) != 1:
            rule = f"must have the column {each}, named by --set columns, once"
            raise InputError(rule, field=field, found=",".join(names))
    return made


def refuse_session(names: Sequence[str], *, field: str) -> None:
    """Refuse a session of chained calls: their arrivals depend on the system that serves them."""
    if _SESSION in names:
        rule = (
            "must be a single request, not a session: each call of a session starts when the one"
            " before it has ended, so the file does not say when"
        )
        raise InputError(rule, field=field, found=_SESSION)
