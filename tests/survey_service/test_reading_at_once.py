"""Threads that read the first document of a kind at the same moment."""

import subprocess
import sys

import msgspec
import pytest
from made_findings import made_findings
from made_sheets import round_sheet
from made_waves import PLAN

from questionnaires.catalogue import folder
from questionnaires.fingerprint import canonical_json
from questionnaires.loading import load_definitions
from survey_service.findings.document import findings_json
from survey_service.sheet.documents import sheet_json

PROGRAM = """
import sys, threading
from {module} import {name} as read
document = sys.stdin.buffer.read()
sys.setswitchinterval(1e-6)
start = threading.Barrier(8)
def work():
    start.wait()
    assert read(document) is not None
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
SHEET = round_sheet()
KNOWN = load_definitions(folder("two-units"))
DOCUMENTS = (
    ("survey_service.waves.plan", "plan_from_json", msgspec.json.encode(PLAN)),
    ("survey_service.sheet.documents", "read_sheet", sheet_json(SHEET)),
    ("survey_service.findings.document", "read_findings", findings_json(made_findings(SHEET))),
    ("questionnaires.loading", "framework_from_json", canonical_json(KNOWN.framework)),
    ("questionnaires.loading", "questionnaires_from_json", canonical_json(KNOWN.questionnaires)),
)


@pytest.mark.parametrize(
    ("module", "name", "document"), DOCUMENTS, ids=[name for _, name, _ in DOCUMENTS]
)
def test_documents_read_at_once_do_not_crash_the_process(
    module: str, name: str, document: bytes
) -> None:
    program = PROGRAM.format(module=module, name=name)
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", program], input=document, check=False)
        assert done.returncode == 0
