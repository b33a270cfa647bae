"""The form page against a bare Litestar page with the same template, over real HTTP."""

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from litestar import Litestar, Response, get

from benchmarks.waves import one_leader
from survey_service.web.app import create_app
from survey_service.web.serving import serving

REQUESTS = 400
ROUNDS = 5
