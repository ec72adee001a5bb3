"""A real browser without a window, for the service's web pages: Debian's chromium driven by selenium."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ["SE_OFFLINE"] = "true"  # selenium would look for drivers in the network

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 60
"""Seconds that a page may take on a loaded machine."""


@contextmanager
def browser(folder: Path) -> Iterator[webdriver.Chrome]:
    """A browser with its profile and its downloads in ``folder``; it takes the service's own certificate."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert program, "chromium is missing: make test installs it (scripts/setup.sh)"
    assert driver, "chromedriver is missing: make test installs it (scripts/setup.sh)"
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=zh-CN",
                     "--disable-background-networking", "--disable-component-update", "--no-first-run",
                     f"--user-data-dir={folder / 'profile'}"):  # fmt: skip
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.accept_insecure_certs = True
    options.add_experimental_option("prefs", {"download.default_directory": str(folder / "downloads")})
    started = webdriver.Chrome(options=options, service=Service(driver))
    try:
        started.set_page_load_timeout(PATIENCE)
        yield started
    finally:
        started.quit()


def resize(page: webdriver.Chrome, width: int, height: int = 800) -> None:
    """Show a page as a screen of a given width does, narrower than a window may be."""
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )


def overflow(page: webdriver.Chrome) -> int:
    """Pixels by which a page is wider than its screen."""
    return int(page.execute_script("return document.documentElement.scrollWidth - window.innerWidth"))


def press(page: webdriver.Chrome, label: str) -> None:
    """Click the button or link with a text, and wait until another page is there.

    The old page is marked: asking one of its elements whether it is still there fails in more ways than one.
    """
    page.execute_script("window.pressed = true")
    page.find_element(By.XPATH, f"//button[normalize-space()='{label}'] | //a[normalize-space()='{label}']").click()
    _wait(page, lambda p: p.execute_script("return !window.pressed && document.readyState === 'complete'"))


def wait_for(page: webdriver.Chrome, text: str) -> None:
    """Wait until a page (that may load itself anew) shows a text."""
    _wait(page, lambda p: text in p.find_element(By.TAG_NAME, "body").text)


def click_when_there(page: webdriver.Chrome, selector: str) -> None:
    """Find and click in one step, on a page that loads itself anew all the time."""
    script = "const found = document.querySelector(arguments[0]); if (found) found.click(); return found !== null"
    _wait(page, lambda p: bool(p.execute_script(script, selector)))


def _wait(page: webdriver.Chrome, until: Callable[[webdriver.Chrome], bool]) -> None:
    """While a page goes and another comes, any question may fail."""
    WebDriverWait(page, PATIENCE, ignored_exceptions=(WebDriverException,)).until(until)
