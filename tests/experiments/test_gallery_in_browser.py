"""The page in a browser without a network: curves are drawn, zoomed and reset, and a phone need not
scroll sideways.
"""

import json
import re
import shutil
import subprocess

import pytest

from experiments import gallery, report
from experiments.run import execute

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs a Chromium or Chrome")

# What a reader does, done by a script, and what is seen then.
VISIT = """
<script>
const svg = document.querySelector(".curve svg"), box = svg.getBoundingClientRect();
const path = () => svg.querySelector("path").getAttribute("d");
const at = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2,
               bubbles: true, cancelable: true };
const seen = { drawn: path(), width: document.documentElement.scrollWidth, window: innerWidth,
               images: [...document.images]
                   .every((img) => img.complete && img.naturalWidth > 0) };
svg.dispatchEvent(new WheelEvent("wheel", { ...at, deltaY: -1 }));
seen.zoomed = path();
svg.setPointerCapture = () => {};
const pointer = (type, id, dx) => svg.dispatchEvent(
  new PointerEvent(type, { ...at, clientX: at.clientX + dx, pointerId: id }));
pointer("pointerdown", 1, 0); pointer("pointermove", 1, 40); pointer("pointerup", 1, 40);
seen.moved = path();
pointer("pointerdown", 1, 0); pointer("pointerdown", 2, 40); pointer("pointermove", 2, 80);
seen.pinched = path();
pointer("pointerup", 1, 0); pointer("pointerup", 2, 80);
svg.dispatchEvent(new MouseEvent("dblclick", at));
seen.reset = path();
document.body.innerHTML = "<pre id=seen>" + JSON.stringify(seen) + "</pre>";
</script>
"""


def test_reading_on_a_phone(only_small, entry, tmp_path):
    execute(entry, tmp_path / "runs/small", quick=False)
    report.gather(tmp_path / "runs", tmp_path / "kept")
    page = gallery.write(tmp_path / "gallery.html", tmp_path / "kept")
    page.write_text(
        page.read_text(encoding="utf-8").replace("</body>", VISIT + "</body>"), encoding="utf-8"
    )
    command = [
        BROWSER,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--window-size=500,800",
        "--dump-dom",
    ]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    shown = subprocess.run(
        [*command, profile, page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    found = re.search(r'<pre id="seen">(.*?)</pre>', shown.stdout)
    assert found, shown.stdout[-2000:] + shown.stderr[-2000:]
    seen = json.loads(found[1])
    assert seen["drawn"].startswith("M") and "NaN" not in seen["drawn"]
    assert len({seen["drawn"], seen["zoomed"], seen["moved"], seen["pinched"]}) == 4
    assert seen["reset"] == seen["drawn"]
    assert seen["width"] <= seen["window"]
    assert seen["images"]
