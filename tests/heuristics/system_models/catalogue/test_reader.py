import pytest

from heuristics.errors import InputError
from heuristics.system_models.catalogue import reader
from heuristics.system_models.catalogue.reader import KvCacheMode
from heuristics.system_models.quantization import AccuracyMode, provided_accuracy
from heuristics.system_models.transformer import weight_bytes

PAPER = ("bloom-3b", "bloom-7.1b", "opt-13b")

# L, d_m, n_h, d_h, n_kv, d_f, g, vocabulary, tied: as published.
DIMENSIONS = {
    "bloom-3b": (30, 2560, 32, 80, 32, 10240, 2, 250880, True),
    "bloom-7.1b": (30, 4096, 32, 128, 32, 16384, 2, 250880, True),
    "opt-13b": (40, 5120, 40, 128, 40, 20480, 2, 50272, True),
    "llama-2-7b": (32, 4096, 32, 128, 32, 11008, 3, 32000, False),
    "llama-3-8b": (32, 4096, 32, 128, 8, 14336, 3, 128256, False),
    "mistral-7b": (32, 4096, 32, 128, 8, 14336, 3, 32000, False),
    "qwen2.5-7b": (28, 3584, 28, 128, 4, 18944, 3, 152064, False),
    "phi-3-mini": (32, 3072, 32, 96, 32, 8192, 3, 32064, False),
}

# Perplexity differentials of the paper's three LLMs, absolute.
DIFFERENTIALS = {
    "w16a16": (0, 0, 0),
    "w8a16": (0.01, 0.01, 0.0),
    "w4a16-rtn": (1.43, 0.94, 0.87),
    "w4a16-gptq": (0.75, 0.54, 0.20),
    "w4a16-zq-local": (0.92, 0.59, 0.42),
    "w4a16-zq-global": (0.75, 0.56, 0.40),
    "w4a8-rtn": (1.59, 1.23, 15.14),
    "w4a8-gptq": (0.86, 0.79, 6.06),
    "w4a8-zq-local": (1.08, 0.79, 3.01),
    "w4a8-zq-global": (0.81, 0.62, 1.85),
}


def entries():
    yield from reader.llms().items()
    yield from reader.devices().items()
    for name, entry in reader.quantizations().items():
        yield name, entry
        yield from ((f"{name}/{llm}", measured) for llm, measured in entry.llms.items())


@pytest.mark.parametrize(("name", "entry"), list(entries()))
def test_every_value_has_exactly_one_source(name, entry):
    values = sorted(entry.model_fields_set - {"name", "sources", "llms"})
    assert sorted(value for each in entry.sources for value in each.values) == values, name


def test_the_catalogue_has_the_llms_and_boards_of_today():
    assert len(reader.llms()) >= 30
    assert len(reader.devices()) >= 20
    for name in ("agx-thor-128gb", "rtx-4090", "rtx-5090", "l4", "l40s", "strix-halo-128gb"):
        assert reader.device(name).gpu_memory_bytes_per_s > 10**11


def test_a_catalogued_llm_has_the_weights_of_its_configuration():
    """Mixtral: 32 * (2 * 4096 * 128 * 40 + 8 * (3 * 4096 * 14336 + 4096)) elements."""
    llm = reader.llm("mixtral-8x7b")
    layer = 2 * 4096 * 128 * 40 + 8 * (3 * 4096 * 14_336 + 4096)
    assert weight_bytes(llm) == 2 * 32 * layer


def test_the_llms_have_the_published_dimensions():
    assert list(reader.llms())[: len(DIMENSIONS)] == list(DIMENSIONS)
    for name, dimensions in DIMENSIONS.items():
        assert tuple(reader.llm(name).model_dump(exclude={"name"}).values()) == dimensions


def test_names_may_be_written_in_any_case():
    assert reader.llm("BLOOM-3B") == reader.llm("bloom-3b")
    assert reader.device("TX2") == reader.device("tx2")
    assert reader.quantization("W8A16", reader.llm("opt-13b")).name == "w8a16"


def test_the_papers_device_is_not_the_real_one():
    assert reader.device("tx2-paper").gpu_memory_bytes == 32 * 10**9
    assert reader.device("tx2").gpu_memory_bytes == 8 * 10**9
    assert reader.device("tx2").gpu_flop_per_s == reader.device("tx2-paper").gpu_flop_per_s


def test_no_recalled_figure_counts_as_verified():
    marks = {
        name: {value: each.verified for each in entry.sources for value in each.values}
        for name, entry in entries()
    }
    assert marks["orin-nx-8gb"] == {
        "gpu_flop_per_s": False,
        "gpu_memory_bytes": True,
        "gpu_memory_bytes_per_s": True,
    }
    assert marks["agx-orin-64gb"]["gpu_flop_per_s"] is True
    assert marks["w8a16/bloom-3b"] == {"ppl": False, "ppl_reference": True}
    assert marks["w4a16-gptq/bloom-3b"] == {"ppl": True, "ppl_reference": True}
    assert marks["w8a16"]["beta"] == "assumed"
    for _, entry in entries():
        for each in entry.sources:
            assert not ("recalled" in each.source and each.verified is True)


@pytest.mark.parametrize("method", DIFFERENTIALS)
def test_differentials_are_those_of_the_published_tables(method):
    found = tuple(reader.quantization(method, reader.llm(llm)).ppl_differential for llm in PAPER)
    assert found == DIFFERENTIALS[method]


@pytest.mark.parametrize(
    ("method", "accuracies"),
    [("w4a16-gptq", (0.25, 0.46, 0.80)), ("w4a16-zq-local", (0.08, 0.41, 0.58))],
)
def test_the_absolute_differential_tells_the_methods_of_table_ii_apart(method, accuracies):
    methods = [reader.quantization(method, reader.llm(llm)) for llm in PAPER]
    found = [float(provided_accuracy(each, AccuracyMode.ABSOLUTE)) for each in methods]
    assert found == pytest.approx(accuracies)
    relative = [float(provided_accuracy(each, AccuracyMode.RELATIVE)) for each in methods]
    assert min(relative) > 0.94


def test_the_cache_shrinks_as_in_the_paper_or_as_it_is_stored():
    llm = reader.llm("bloom-3b")
    for method, paper, stored in (
        ("w8a16", 0.5, 1.0),
        ("w4a16-gptq", 0.25, 1.0),
        ("w8a8", 0.5, 0.5),
    ):
        assert reader.quantization(method, llm).alpha_kv_cache == paper
        found = reader.quantization(method, llm, kv_cache=KvCacheMode.STORED)
        assert found.alpha_kv_cache == stored
        assert found.alpha_weights == paper


def test_what_is_given_overrules_the_catalogue():
    found = reader.quantization(
        "w4a16-awq", reader.llm("mistral-7b"), beta=0.5, ppl_differential=0.3
    )
    assert (found.beta, found.ppl_differential, found.ppl_reference) == (0.5, 0.3, None)


def test_an_llm_without_a_measurement_needs_a_differential():
    rule = r"ppl_differential: must be given, .* of mistral-7b with w4a16-awq is known"
    with pytest.raises(InputError, match=rule):
        reader.quantization("w4a16-awq", reader.llm("mistral-7b"))


def test_w8a16_degrades_any_llm_by_next_to_nothing():
    assert reader.quantization("w8a16", reader.llm("mistral-7b")).ppl_differential == 0.01


def test_another_llm_of_the_same_name_has_no_measurement():
    impostor = reader.llm("opt-13b").model_copy(update={"num_layers": 4})
    with pytest.raises(InputError, match="no perplexity of opt-13b"):
        reader.quantization("w4a16-gptq", impostor)


@pytest.mark.parametrize(
    ("look_up", "message"),
    [
        (lambda: reader.llm("bloom"), "llm: must be one of bloom-3b, .*, found 'bloom'"),
        (lambda: reader.device("tx3"), "device: must be one of tx2-paper, .*, found 'tx3'"),
        (
            lambda: reader.quantization("w2", reader.llm("opt-13b")),
            "quantization: must be one of w16a16, .*, found 'w2'",
        ),
    ],
)
def test_an_unknown_name_is_refused_with_those_there_are(look_up, message):
    with pytest.raises(InputError, match=message):
        look_up()


def test_a_file_that_is_no_toml_or_no_text_is_refused(tmp_path):
    for content, message in (
        (b"a = ", r"must be TOML \(Invalid value \(at end of document\)\)"),
        (b"a = 1\na = 2\n", r"must be TOML \(Cannot overwrite a value"),
        (b"\xff\xfe", "must be UTF-8: invalid start byte"),
        (b"a = " + b"[" * 5000, "must be TOML"),
    ):
        path = tmp_path / "bad.toml"
        path.write_bytes(content)
        with pytest.raises(InputError, match=f"bad.toml: {message}"):
            reader.read_toml(path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(InputError, match="must be a file, found a folder"):
        reader.read_toml(tmp_path)
    with pytest.raises(InputError, match="must be a file name: embedded null byte"):
        reader.read_toml("nul\0.toml")
