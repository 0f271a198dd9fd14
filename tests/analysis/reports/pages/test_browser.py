"""The pages in a browser: what a reader does with them, and that they ask nobody for anything."""

import re
import shutil

import pytest

import otgah
from analysis.reports.report import report
from analysis.tables.runs import runs_table
from heuristics.judges.checker import check
from heuristics.schedule import Schedule
from tests.helpers.campaigns import LIMIT_S, campaign
from tests.helpers.rows import store_of

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=f"none of {', '.join(NAMES)} is there")

TEMPLATES = ("overview", "campaign", "compare", "instance")
HOSTILE = {
    "instance": "<script>alert(1)</script>",
    "family": "<img src=//x>",
    "status": "none",
    "ended_by": "crash",
    "time_limit_s": LIMIT_S,
    "message": "<b>&</b>",
}
WAIT_MS = 60_000  # of a machine that does much else


def greedy(instance):
    """Return a schedule that takes each request where it fits first."""
    data = instance.coefficients
    batches = [[] for _ in range(data.num_edge_nodes)]
    for request in range(data.num_requests):
        for batch in batches:
            batch.append(request)
            if not check(data, Schedule.of(batches)):
                break
            batch.remove(request)
    return Schedule.of(batches)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Return the page of each template, of campaigns with failures, and with hostile names."""
    folder = tmp_path_factory.mktemp("pages")
    before = campaign(folder / "before.sqlite", 500)
    after = campaign(folder / "after.sqlite", 500, worse=0.05)
    for store in (before, after):
        store_of(store, HOSTILE)
    (path,) = otgah.generate("uniform-random", folder, seeds=[1], grid={"num_requests": [30]})
    instance = otgah.read_instance(path)
    schedule = greedy(instance)
    given = {
        "instance": instance.name,
        "coefficients": instance.coefficients.digest(),
        "objective": schedule.throughput,
        "runtime_s": 0.01,
        "assignment": '{"'
        + ', "'.join(f'{j}": {list(b)}' for j, b in enumerate(schedule.batches))
        + "}",
    }
    one = store_of(folder / "one.sqlite", given, given | {"method": "random-order", "key": "other"})
    report(before, folder / "overview.html")
    report(before, folder / "campaign.html", template="campaign")
    report(before, folder / "compare.html", after=after)
    report(one, folder / "instance.html", instance=str(path))
    return folder


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Opened:
    """A page that is open, with everything that it asked for and complained of."""

    def __init__(self, browser, path, width):
        self.page = browser.new_page(viewport={"width": width, "height": 900})
        self.page.set_default_timeout(WAIT_MS)
        self.asked, self.complaints = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda told: self.complaints.append(told.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-ready]")


@pytest.fixture(scope="module", params=TEMPLATES)
def opened(request, browser, pages):
    return Opened(browser, pages / f"{request.param}.html", 1280)


@pytest.fixture(scope="module")
def overview_page(browser, pages):
    return Opened(browser, pages / "overview.html", 1280).page


@pytest.fixture
def overview(overview_page):
    """Return one page for many tests, with every row of its grid shown."""
    overview_page.locator("#grid-runs input[type=search]").fill("")
    for select in overview_page.locator("#grid-runs .tools select").all():
        select.select_option(index=0)
    yield overview_page
    overview_page.emulate_media(media="screen")


def test_a_page_asks_nobody_for_anything_and_complains_of_nothing(opened):
    assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in opened.asked if url.startswith("file:")]) == 1
    assert opened.complaints == []


def test_a_page_has_a_title_one_head_and_every_chart_drawn(opened):
    page = opened.page
    assert page.title()
    assert page.locator("h1").count() == 1
    plots = page.locator(".plot")
    assert plots.count() >= 1
    assert page.locator(".plot[data-drawn] .main-svg").count() >= plots.count()


def test_a_page_has_no_serious_fault_of_access(opened):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe")
    found = axe.Axe().run(opened.page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in serious] == []


def test_a_page_fits_a_phone_and_paper(opened):
    page = opened.page
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function("document.documentElement.scrollWidth === 390")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.pdf().startswith(b"%PDF")
    assert page.locator(".grid tbody tr").count() < 400  # as it was before
    assert opened.complaints == []


def test_a_name_that_is_markup_stays_text(overview):
    overview.locator("#grid-runs input[type=search]").fill("<script>")
    row = overview.locator("#grid-runs tbody tr").first
    assert row.locator("th").inner_text() == HOSTILE["instance"]
    assert overview.locator("main img, main b").count() == 0


def test_a_grid_sorts_by_a_click_and_by_a_key_with_absent_values_last(overview, pages):
    runs = runs_table(pages / "before.sqlite")
    head = overview.locator("#grid-runs th", has_text="served")
    first = overview.locator("#grid-runs tbody tr").first.locator("td").nth(6)
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert first.inner_text() == f"{runs['objective'].min():,}"
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert first.inner_text() == f"{runs['objective'].max():,}"
    frame = overview.locator("#grid-runs .window")
    frame.evaluate("(each) => { each.scrollTop = each.scrollHeight; }")
    last = overview.locator("#grid-runs tbody tr:last-child td:nth-child(8)")
    playwright.expect(last).to_have_text("-", timeout=WAIT_MS)


def test_a_short_table_sorts_within_each_family(overview):
    table = overview.locator("table.sortable").first
    table.locator("th button", has_text="mean gap").click()
    cells = table.locator("tbody").first.locator("tr:not(.family) td:nth-child(3)")
    gaps = [float(text.split()[0]) for text in cells.all_inner_texts()]
    assert len(gaps) == 5
    assert gaps == sorted(gaps)


def test_a_grid_filters_by_words_choices_and_numbers(overview, pages):
    runs = runs_table(pages / "before.sqlite")
    state = overview.locator("#grid-runs .state")
    overview.locator("#grid-runs input[type=search]").fill("trace gap>2%")
    wanted = ((runs["family"] == "trace") & (runs["gap"] > 0.02).fillna(value=False)).sum()
    assert 0 < wanted < len(runs)
    assert state.inner_text() == f"{wanted} of {len(runs)} runs."
    overview.get_by_role("button", name="show all").click()
    choice = overview.locator("#grid-runs .tools label", has_text=re.compile("^method"))
    choice.locator("select").select_option(label="ot-gah")
    assert state.inner_text() == f"{(runs['method'] == 'ot-gah').sum()} of {len(runs)} runs."


def test_pointing_at_a_mark_names_its_instance_and_a_click_leads_to_its_row(overview):
    plot = overview.locator("figure", has_text="Runtime against size").locator(".plot")
    plot.scroll_into_view_if_needed()
    box = plot.locator(".scatterlayer .trace").nth(1).locator(".point").nth(3).bounding_box()
    overview.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    told = plot.locator(".hoverlayer .hovertext text.nums").first
    name = told.text_content().split(",")[0]
    overview.mouse.down()
    overview.mouse.up()
    marked = overview.locator("#grid-runs tr[aria-current] th")
    marked.wait_for()
    assert marked.inner_text() == name
    assert overview.evaluate("document.activeElement.matches('#grid-runs .window')")


def test_a_printed_page_says_how_many_rows_of_the_table_it_has(overview):
    overview.emulate_media(media="print")
    overview.evaluate("dispatchEvent(new Event('beforeprint'))")
    told = overview.locator("#grid-runs .printed").inner_text()
    assert told == "The first 60 of 501 runs in this order are printed."
    assert overview.locator("#grid-runs tbody tr").count() == 60
    overview.evaluate("dispatchEvent(new Event('afterprint'))")
    assert overview.locator("#grid-runs .printed").inner_text() == ""


def test_a_request_of_a_schedule_has_a_row_and_says_where_it_is_served(browser, pages):
    page = Opened(browser, pages / "instance.html", 1280).page
    assert "requests" in page.locator(".answer").inner_text()
    assert page.locator("#grid-requests tbody tr").count() >= 30
    assert page.locator("table", has_text="blocked by").count() == 2
    page.close()


@pytest.mark.long
def test_a_hundred_thousand_runs_make_a_page_of_less_than_15_mb(browser, tmp_path):
    store = campaign(tmp_path / "many.sqlite", 100_000)
    made = report(store, tmp_path / "many.html")
    assert made.page.stat().st_size < 15e6
    many = Opened(browser, made.page, 1280)
    assert many.page.locator("#grid-runs .state").inner_text() == "All 100,000 runs."
    assert many.page.locator("#grid-runs tbody tr").count() < 60
    assert "4,000 of 100,000 runs are drawn" in many.page.locator("main").inner_text()
    assert many.complaints == []
