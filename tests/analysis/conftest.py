"""Properties are timed by the benchmarks, not by a deadline that a busy machine misses."""

from hypothesis import settings

settings.register_profile("analysis", deadline=None)
settings.load_profile("analysis")
