"""The finished site in a browser, as `make docs` left it: offline, readable, fit for a phone."""

import shutil
from pathlib import Path

import pytest

import otgah
from docs import commands
from docs.links import faults

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

SITE = Path(__file__).parents[2] / "runs" / "docs"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason=f"none of {', '.join(NAMES)} is there"),
    pytest.mark.skipif(not (SITE / "index.html").exists(), reason="`make docs` makes the site"),
]

PAGES = (
    "index.html",
    "analysis/guides/first_steps.html",
    "analysis/guides/proving_optimality.html",
    "analysis/guides/own_models.html",
    "analysis/guides/measured_latency.html",
    "analysis/study.html",
    "formulations/notation.html",
    "instances/library/README.html",
    "reference/names.html",
    "reference/names/Coefficients.html",
    "reference/names/solve.html",
    "reference/commands/batch.html",
    "reference/families.html",
    "reference/methods.html",
    "reference/methods/ot-gah.html",
    "CHANGELOG.html",
    "citation.html",
)
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Opened:
    """A page that is open, with its requests, of which only files are answered."""

    def __init__(self, browser, path, width, scheme="light"):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.asked, self.complaints = [], []
        self.page.route(lambda url: not url.startswith(("file:", "data:")), self._refuse)
        self.page.on("console", lambda told: self.complaints.append(told.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto((SITE / path).as_uri())

    def _refuse(self, route):
        self.asked.append(route.request.url)
        route.abort()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_works_offline_at_a_desk_and_on_a_phone(browser, path, width):
    with Opened(browser, path, width) as opened:
        assert opened.asked == []
        assert opened.complaints == []
        assert opened.page.locator("h1").count() == 1
        opened.page.wait_for_function(f"document.documentElement.scrollWidth === {width}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_serious_fault_of_access(browser, path, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe")
    with Opened(browser, path, 1280, scheme) as opened:
        found = axe.Axe().run(opened.page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"][:300]) for each in serious] == []


def test_the_search_finds_a_name_without_a_network(browser):
    with Opened(browser, "index.html", 1280) as opened:
        opened.page.fill("input[name=q]", "decomposition")
        opened.page.press("input[name=q]", "Enter")
        opened.page.wait_for_selector("ul.search li a")
        assert opened.asked == []
        assert opened.complaints == []


def test_every_link_of_the_site_leads_somewhere():
    assert faults(SITE) == []


@pytest.mark.parametrize("name", otgah.__all__)
def test_every_public_name_has_a_page_with_its_documentation(name):
    text = (SITE / "reference" / "names" / f"{name}.html").read_text(encoding="utf-8")
    assert f'id="otgah.{name}"' in text


def test_every_verb_method_and_family_has_its_place():
    for verb in commands.verbs():
        assert (SITE / "reference" / "commands" / f"{verb}.html").exists()
    for method in otgah.methods():
        assert (SITE / "reference" / "methods" / f"{method.name}.html").exists()
    families = (SITE / "reference" / "families.html").read_text(encoding="utf-8")
    assert [each.name for each in otgah.families() if f'id="{each.name}"' not in families] == []
