"""The documentation as a site: it builds without a warning, and a browser finds every page sound on
a phone and on a desk.
"""

import functools
import http.server
import shutil
import subprocess
import sys
import threading

import pytest

from experiments import site as gallery

from .pages import DOCS, ROOT

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# What a reader would stumble over, as the browser sees it.
LOOK = """() => ({
    wider: document.documentElement.scrollWidth > innerWidth,
    without: [...document.images].filter(i => !i.alt.trim()).map(i => i.src),
    broken: [...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src),
    headings: document.querySelectorAll("article h1").length,
})"""

RULES = {"runOnly": ["wcag2a", "wcag2aa"], "resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site."""
    pytest.importorskip("mkdocs", reason='needs mkdocs: pip install ".[docs]"')
    target = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert built.returncode == 0, built.stderr[-4000:]
    return target


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and prints no line for each."""

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site):
    """Where the site is served."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def names():
    """Every page, also those that are made from the results of experiments/ and from notebooks."""
    pages = [*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")]
    written = {page.relative_to(DOCS).with_suffix(".md").as_posix() for page in pages}
    return sorted(name.removesuffix(".md") for name in written | set(gallery.pages()))


def test_it_builds_without_a_warning(site):
    pages = set(names()) - {"index"}
    assert not [page for page in pages if not (site / page / "index.html").is_file()]
    for image in gallery.images():
        assert (site / image).is_file(), image
    for notebook in DOCS.rglob("*.ipynb"):
        assert (site / notebook.relative_to(DOCS)).is_file(), notebook
    assert (site / "search/search_index.json").stat().st_size > 10_000
    layers = (site / "reference/layers/index.html").read_text()
    assert "dilation_rate" in layers and "recurrent_activation" in layers
    assert 'href="https://arxiv.org/abs/1506.04214"' in layers  # ConvLSTM2D names its paper
    networks = (site / "reference/applications/index.html").read_text()
    assert "ResNet50V2" in networks and "residual_block" not in networks


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "light"), (1280, "dark")])
def test_every_page_in_a_browser(address, width, scheme):
    """No error in the console, nothing wider than the screen, each image with words for it, and
    nothing that axe counts against the rules of WCAG 2 AA: contrast, names, what the keyboard
    reaches.
    """
    sync = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe").Axe()
    if BROWSER is None:
        pytest.skip("needs a Chromium or Chrome")
    with sync.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.set_default_timeout(120_000)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        for name in names():
            page.goto(f"{address}/{'' if name == 'index' else name + '/'}")
            seen = page.evaluate(LOOK)
            assert not errors, (name, errors)
            assert not seen["wider"], name
            assert not seen["without"] + seen["broken"], name
            assert seen["headings"] == 1, name
            if name.startswith("reference/") and name != "reference/losses":
                continue  # made by the same templates, and long
            judged = axe.run(page, options=RULES)
            assert not judged.violations_count, f"{name}: {judged.generate_report()}"
        browser.close()
