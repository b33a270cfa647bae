"""What the world outside refuses (a file, a connection, the database, the relay), as problems."""

from sqlalchemy.exc import DatabaseError, OperationalError

from mailer.reason import RefusedError
from questionnaires.problems import Problem, problem
from survey_service.system_errors import explain

OUTSIDE = (OSError, DatabaseError, RefusedError)
"""The errors that `word_trouble` knows."""


def word_trouble(error: Exception) -> tuple[Problem, ...]:
    """Word a trouble from outside; nothing where the error is a fault of the program itself."""
    if isinstance(error, RefusedError):
        return tuple(problem("thư/mail", reason.vi, reason.en) for reason in error.reasons)
    # Other errors of the database (a broken constraint, wrong SQL) are nobody's settings.
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return (_word_database(error),)
    # A reader that closed its pipe is no trouble; click ends the command quietly.
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return (_word_file(error),)
    return ()


def _word_database(error: DatabaseError) -> Problem:
    # The driver words its errors without the password; the rest of its lines are hints.
    said = str(error.orig).strip().partition("\n")[0]
    return problem(
        "DATABASE_URL",
        f"không dùng được cơ sở dữ liệu ({said}); kiểm tra DATABASE_URL, máy chủ PostgreSQL có "
        "chạy không, hoặc quyền ghi và dung lượng của thư mục SURVEY_DATA.",
        f"the database cannot be used ({said}); check DATABASE_URL, whether the PostgreSQL "
        "server runs, or whether the folder SURVEY_DATA can be written and has room.",
    )


def _word_file(error: OSError) -> Problem:
    vi, en = explain(error)
    return problem(
        str(error.filename or "hệ thống/system"),
        f"{vi}; kiểm tra đường dẫn, quyền ghi và dung lượng đĩa (dữ liệu nằm ở SURVEY_DATA).",
        f"{en}; check the path, the right to write and the room on the disk (data lies in "
        "SURVEY_DATA).",
    )
