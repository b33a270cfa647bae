"""Sixty people by formula, as reference/calibration.R makes them, and what R survey gave."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from analysis.estimation.design import BoolArray, FloatArray, SurveyDesign, survey_design
from analysis.estimation.margins import Margin, margin

REFERENCE = Path(__file__).parent / "reference" / "calibration.json"

I = np.arange(60)  # noqa: E741 - the formulas of the R file
W = (3 + (I * 7) % 11).astype(np.float64)
AGE = np.array(["18-29", "30-59", "60+"])[(I * I + I // 7) % 3]
SEX = np.array(["f", "m"])[(I * 5 + I // 6) % 2]
AREA = np.array(["town", "plain", "hill", "border"])[(I * 3 + I // 9) % 4]
X = (20 + (I * 13) % 31).astype(np.float64)
Y = (50 + (I * 17) % 37 + (I * 13) % 31).astype(np.float64)
INSIDE: BoolArray = (I * 11) % 5 < 3
AGES = {"18-29": 150.0, "30-59": 180.0, "60+": 160.0}
SEXES = {"f": 260.0, "m": 230.0}
AREAS = {"border": 130.0, "hill": 110.0, "plain": 135.0, "town": 115.0}


@cache
def expected() -> dict[str, list[float]]:
    return json.loads(REFERENCE.read_text())


def clusters() -> SurveyDesign:
    return survey_design(W, strata=[I // 20], clusters=[I // 4], populations=[np.full(60, 40)])


def one_stage() -> SurveyDesign:
    return survey_design(W, clusters=[I // 4])


def three_margins() -> tuple[Margin, Margin, Margin]:
    return margin("age", AGE, AGES), margin("sex", SEX, SEXES), margin("area", AREA, AREAS)


def model() -> tuple[FloatArray, FloatArray]:
    columns = [np.ones(60), AGE == "30-59", AGE == "60+", X]
    return np.stack(columns, axis=1).astype(np.float64), np.array([490.0, 180.0, 160.0, 17000.0])
