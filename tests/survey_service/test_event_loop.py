"""Mail is carried on uvloop's loop where it is installed, and on the library's where it is not."""

import asyncio
import runpy
import sys

import pytest

from survey_service import event_loop
from survey_service.event_loop import run_on_loop


async def name_of_the_loop() -> str:
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop is not made for Windows")
def test_the_loop_is_uvloops_where_it_is_installed() -> None:
    assert run_on_loop(name_of_the_loop()) == "uvloop"


def test_without_uvloop_the_librarys_own_loop_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)  # importing it now fails
    without = runpy.run_path(event_loop.__file__)
    assert without["run_on_loop"](name_of_the_loop()) == "asyncio"
