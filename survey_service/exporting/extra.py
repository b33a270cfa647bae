"""The libraries of the extra `statistics`, or a refusal that says how to get them."""

import importlib
from types import ModuleType

from questionnaires.problems import ProblemsError, problem


def statistics_library(name: str) -> ModuleType:
    """Import one of them; raises ProblemsError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ProblemsError(
            problem(
                name,
                "chưa cài thư viện này; hãy cài phần mở rộng “statistics”: "
                "pip install 'survey-service[statistics]'",
                "is not installed; install the extra “statistics”: "
                "pip install 'survey-service[statistics]'",
            )
        ) from error
