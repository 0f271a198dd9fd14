"""The profiles of the catalogue, fitted again from public measurements.

The measurements are not part of the project: ``python -m analysis.calibration.catalogue FOLDER``
reads them in a folder and writes the profiles that it finds the files of.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.calibration.calibration import calibrate
from analysis.calibration.document import write_profile
from heuristics.system_models.catalogue import profiles
from heuristics.system_models.latency_profile import ProfileSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from heuristics.system_models.latency_profile import LatencyProfile

_SPLITWISE = (
    "github.com/Mutinifni/splitwise-sim at 8f99e7d, data/perf_model.csv (MIT); Patel et al.,"
    " Splitwise, ISCA 2024, Section III"
)
_SERVING_SIM = "github.com/casys-kaist/LLMServingSim at 5daddb2, bench/examples (MIT)"
_STRIX_HALO = "github.com/lhl/strix-halo-testing at 5ee14b5, llm-bench (Apache-2.0)"
_TENSORRT = "github.com/NVIDIA/TensorRT-LLM, README4Jetson.md (Apache-2.0)"

_NAMES = ("device", "base_device", "llm", "num_devices")

_HALO = {
    "backend_build": "llama.cpp-hip",
    "flags": "-fa 1 ROCBLAS_USE_HIPBLASLT=1",
    "n_prompt": "0,128..1024",
    "n_batch": "2048",
    "base_device": "strix-halo-128gb",
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A profile of the catalogue.

    Parameters
    ----------
    file
        Path of the measurements in the folder.
    source
        Publication of the measurements.
    settings
        Rows to take, and names that the file does not state.
    recalled
        Names among the settings that are recalled from the publication.
    """

    file: str
    source: str
    settings: Mapping[str, str] = field(default_factory=dict)
    recalled: tuple[str, ...] = ()

    def fitted(self, folder: Path) -> LatencyProfile:
        """Return the profile, fitted to the measurements in a folder."""
        made = calibrate([folder / self.file], self.settings)
        measured = ("coefficients", "measured_range", "errors", "margin", *_NAMES)
        named = tuple(
            each
            for each in ("quantization", "engine")
            if each in made.measurements.identity and each not in self.recalled
        )
        sources = [ProfileSource(values=(*measured, *named), source=self.source, verified=True)]
        if self.recalled:
            source = f"recalled: {self.source}"
            sources.append(ProfileSource(values=self.recalled, source=source, verified=False))
        return made.profile(sources)


def _splitwise(hardware: str, parallel: int) -> Recipe:
    return Recipe(
        file="splitwise-sim/perf_model_llama2-70b.csv",
        source=_SPLITWISE,
        settings={
            "hardware": hardware,
            "tensor_parallel": str(parallel),
            "quantization": "FP16",
            "engine": "vLLM",
            "base_device": {"h100-80gb": "h100-sxm-80gb"}.get(hardware, hardware),
        },
        recalled=("quantization", "engine"),
    )


def _served(device: str, llm: str, base_device: str) -> Recipe:
    return Recipe(
        file=f"llmservingsim/{device}/{llm}/requests.jsonl",
        source=_SERVING_SIM,
        settings={"base_device": base_device},
    )


def _halo(file: str, llm: str, **settings: str) -> Recipe:
    return Recipe(
        file=f"strix_halo_llama_bench/{file}.csv",
        source=_STRIX_HALO,
        settings={**_HALO, "llm": llm, **settings},
    )


RECIPES: Mapping[str, Recipe] = {
    **{
        f"{short}x{parallel}-llama-2-70b": _splitwise(hardware, parallel)
        for short, hardware in (("a100", "a100-80gb"), ("h100", "h100-80gb"))
        for parallel in (2, 4, 8)
    },
    "rtx-4090-llama-3.1-8b": _served("RTX4090", "Llama-3.1-8B", "rtx-4090"),
    "rtx-pro-6000-llama-3.1-8b": _served("RTXPRO6000", "Llama-3.1-8B", "rtx-pro-6000-96gb"),
    "rtx-pro-6000x2-qwen3-30b-a3b": _served(
        "RTXPRO6000", "Qwen3-30B-A3B-Instruct-2507", "rtx-pro-6000-96gb"
    ),
    "strix-halo-llama-2-7b-q4": _halo("llama-2-7b.Q4_0", "llama-2-7b"),
    "strix-halo-qwen3-32b-q8": _halo("Qwen3-32B-Q8_0", "qwen3-32b"),
    "strix-halo-llama-3.3-70b-q4": _halo("shisa-v2-llama3.3-70b.i1-Q4_K_M", "llama-3.3-70b"),
    "agx-orin-llama-3-8b-int4": Recipe(
        file="jetson_facts.csv",
        source=_TENSORRT,
        settings={"device": "Jetson AGX Orin 64GB", "engine": "TensorRT-LLM 0.12"},
    ),
}
"""Recipes by the names of the profiles."""


def main(arguments: list[str]) -> None:
    """Write the profiles of the catalogue from the measurements in a folder."""
    folder = Path(arguments[0])
    target = Path(profiles.__file__).parent / "profiles"
    for name, recipe in RECIPES.items():
        if (folder / recipe.file).exists():
            profile = recipe.fitted(folder)
            write_profile(profile, target / f"{name}.toml")
            print(f"{name}: {profile.errors}, margin {profile.margin}")


if __name__ == "__main__":
    main(sys.argv[1:])
