import numpy as np
import pytest

from analysis.linear import solve


@pytest.mark.parametrize("columns", [(), (3,)])
def test_solving_equals_lapack(columns: tuple[int, ...]) -> None:
    rng = np.random.default_rng(5)
    half = rng.normal(size=(8, 6))
    matrix, right = half.T @ half, rng.normal(size=(6, *columns))
    assert np.allclose(solve(matrix, right), np.linalg.solve(matrix, right), rtol=1e-12)


def test_a_singular_matrix_is_refused() -> None:
    with pytest.raises(ValueError, match="singular"):
        solve(np.ones((2, 2)), np.ones(2))
